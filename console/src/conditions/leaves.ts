import { firstValue, OPS, shapeOf, type Catalogue, type FieldInfo, type Kind, type Named } from './catalogue'
import type { Condition, Json } from './tree'

/** The kinds of question a leaf can ask, in the order the menu offers them. */
export const LEAF_KINDS = [
  'event',
  'sequence',
  'change',
  'attr',
  'tag',
  'layer',
  'audience',
  'list',
  'relation',
  'group',
  'household',
  'random',
] as const
export type LeafKind = (typeof LEAF_KINDS)[number]

export function kindOf(body: Condition): LeafKind | null {
  return LEAF_KINDS.find((kind) => kind in body) ?? null
}

/** Measures of the event itself; the others measure one of its properties. */
export const BARE_MEASURES = ['count', 'days_since_last', 'days_since_first', 'active_days', 'active_weeks', 'first', 'last'] as const
export const PROP_MEASURES = ['sum', 'avg', 'min', 'max', 'distinct', 'first', 'last'] as const

/** What a change can compare: measures that are there even when nothing happened. */
export const COMPARED_MEASURES: readonly string[] = ['count', 'sum', 'distinct', 'active_days']

export interface MeasureChoice {
  fn: string
  prop: string | null
}

export function measureOf(body: Condition): MeasureChoice {
  const written = body.measure ?? 'count'
  if (typeof written === 'string') return { fn: written, prop: null }
  const [fn, prop] = Object.entries(written as Record<string, Json>)[0] ?? ['count', null]
  return { fn, prop: prop as string | null }
}

/** The kind of what is measured, which decides the operators and the value. */
export function measuredKind({ fn, prop }: MeasureChoice, props: readonly FieldInfo[]): Kind {
  if (prop === null) return fn === 'first' || fn === 'last' ? 'date' : 'number'
  if (fn === 'distinct') return 'number'
  return props.find(({ key }) => key === prop)?.kind ?? 'number'
}

/** Which measures a property allows: sums need numbers, and an instant is not measured. */
export function measuresFor(props: readonly FieldInfo[]): MeasureChoice[] {
  const bare = BARE_MEASURES.map((fn) => ({ fn, prop: null }))
  const ofProps = props
    .filter(({ kind }) => kind !== 'time')
    .flatMap(({ key, kind }) =>
      PROP_MEASURES.filter((fn) => kind === 'number' || kind === 'money' || !['sum', 'avg', 'min', 'max'].includes(fn)).map(
        (fn) => ({ fn, prop: key }),
      ),
    )
  return [...bare, ...ofProps]
}

/** A new leaf that already asks something sensible. */
export function newLeaf(kind: LeafKind, catalogue: Catalogue, today: string): Condition {
  switch (kind) {
    case 'event':
      return { event: catalogue.events[0]?.key ?? 'order_paid', within: '90d', op: 'gte', value: 1 }
    case 'attr': {
      const field = catalogue.attrs[0]
      return field ? { attr: field.key, ...comparison(field, today) } : { attr: '' }
    }
    case 'tag':
      return { tag: catalogue.tags[0]?.key ?? '' }
    case 'layer': {
      const model = catalogue.layers[0]
      return { layer: model?.key ?? '', in: model?.layers[0] ? [model.layers[0].key] : [] }
    }
    case 'audience':
      return { audience: catalogue.audiences[0]?.key ?? '' }
    case 'list':
      return { list: catalogue.lists[0]?.key ?? '' }
    case 'relation':
      return { relation: { state: 'active' } }
    case 'sequence': {
      const first = catalogue.events[0]?.key ?? 'order_paid'
      return { sequence: [first, { event: catalogue.events[1]?.key ?? first, within: '3d' }], within: '30d' }
    }
    case 'change':
      return { change: { event: catalogue.events[0]?.key ?? 'order_paid', within: '30d' }, by: 'rate', op: 'lte', value: -0.5 }
    case 'group':
      return { group: { state: 'active' } }
    case 'household':
      return { household: {} }
    case 'random':
      return { random: { salt: today, from: 0, to: 10 } }
  }
}

/** A first operator and value for a field. */
export function comparison(field: { kind: Kind; options: readonly Named[] }, today: string): { op: string; value: Json } {
  const op = OPS[field.kind][0]
  return { op, value: firstValue(field.kind, op, field.options, today) }
}

/** Another operator: the value stays when its shape stays, else it starts anew. */
export function withOp(
  body: Condition,
  op: string,
  field: { kind: Kind; options: readonly Named[] },
  today: string,
): Condition {
  const before = typeof body.op === 'string' ? body.op : 'eq'
  const next: Condition = { ...body, op }
  if (shapeOf(op) === 'none') delete next.value
  else if (shapeOf(op) !== shapeOf(before) || body.value === undefined)
    next.value = firstValue(field.kind, op, field.options, today)
  return next
}

export function without(body: Condition, key: string): Condition {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== key))
}

/** A change of another kind starts its comparison anew. */
export function withChangeKind(body: Condition, before: Kind, after: Kind): Condition {
  return before === after ? body : { ...body, op: 'lte', value: after === 'money' ? '0' : 0 }
}

/** Another measure: operators and value start anew when the kind of the answer changes. */
export function withMeasure(body: Condition, choice: MeasureChoice, props: readonly FieldInfo[], today: string): Condition {
  const before = measuredKind(measureOf(body), props)
  const after = measuredKind(choice, props)
  const next: Condition = { ...body, measure: choice.prop === null ? choice.fn : { [choice.fn]: choice.prop } }
  if (choice.fn === 'count') delete next.measure
  if (before === after) return next
  const op = after === 'number' || after === 'money' ? 'gte' : (OPS[after][0] as string)
  return { ...next, op, value: firstValue(after, op, [], today) }
}
