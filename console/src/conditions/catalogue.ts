import type { Json } from './tree'

/** What conditions may speak of in this house, with names in both languages. */

export type Kind = 'text' | 'choice' | 'number' | 'money' | 'bool' | 'date' | 'time'

export interface Named {
  key: string
  name_zh: string
  name_en: string
}

export interface FieldInfo extends Named {
  kind: Kind
  options: Named[]
}

export interface EventInfo extends Named {
  props: FieldInfo[]
  /** What a line of it has, for orders. */
  items: FieldInfo[]
}

export interface TagInfo extends Named {
  /** null for a tag one simply has or has not. */
  kind: Kind | null
  options: Named[]
}

export interface LayerInfo extends Named {
  layers: Named[]
}

export interface Catalogue {
  attrs: FieldInfo[]
  events: EventInfo[]
  tags: TagInfo[]
  layers: LayerInfo[]
  audiences: Named[]
  lists: Named[]
  staff: Named[]
  sources: Named[]
  household_roles: string[]
}

const ORDER = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between'] as const
const THERE = ['exists', 'missing'] as const

export const OPS = {
  text: ['eq', 'ne', 'in', 'not_in', 'contains', 'starts_with', ...THERE],
  choice: ['in', 'not_in', 'eq', 'ne', ...THERE],
  number: [...ORDER, ...THERE],
  money: [...ORDER, ...THERE],
  bool: ['eq', ...THERE],
  date: ['within', 'anniversary_within', ...ORDER, ...THERE],
  time: ['within', ...ORDER, ...THERE],
} as const satisfies Record<Kind, readonly string[]>

export type Op = (typeof OPS)[Kind][number] | 'lunar_anniversary_within'

/** Dates of a person may come round by the lunar calendar too. */
export const ATTR_OPS: Record<Kind, readonly Op[]> = { ...OPS, date: ['lunar_anniversary_within', ...OPS.date] }

/** A measure always has an answer, so it is never asked whether there is one. */
export function measuredOps(kind: Kind): Op[] {
  return OPS[kind].filter((op) => op !== 'exists' && op !== 'missing')
}

/** The shape of the value an operator compares with. */
export type Shape = 'none' | 'one' | 'many' | 'pair' | 'window' | 'days'

export function shapeOf(op: string): Shape {
  switch (op) {
    case 'exists':
    case 'missing':
      return 'none'
    case 'in':
    case 'not_in':
      return 'many'
    case 'between':
      return 'pair'
    case 'within':
      return 'window'
    case 'anniversary_within':
    case 'lunar_anniversary_within':
      return 'days'
    default:
      return 'one'
  }
}

/** A value to start from when a field or operator was just chosen. */
export function firstValue(kind: Kind, op: string, options: readonly Named[], today: string): Json {
  const one: Json = {
    text: '',
    choice: options[0]?.key ?? '',
    number: 1,
    money: '100',
    bool: true,
    date: today,
    time: today,
  }[kind]
  switch (shapeOf(op)) {
    case 'none':
      return null
    case 'many':
      return options[0] ? [options[0].key] : []
    case 'pair':
      return [one, one]
    case 'window':
      return '30d'
    case 'days':
      return 7
    case 'one':
      return one
  }
}
