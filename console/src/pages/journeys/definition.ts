import type { Condition } from '../../conditions/tree'

/** A journey as the server writes it: everything that is as it would be anyway is left out. */

export const END = 'end'

export interface EventSpec {
  event: string
  where?: Condition[]
}

export interface Trigger {
  event?: string
  where?: Condition[]
  key?: string
  audience?: string
  left?: string
  layer?: string
  to?: string[]
  from?: string[]
  tag?: string
  change?: 'added' | 'removed'
  value?: string
  date?: string
  days?: number
  at?: string
  repeats?: 'never' | 'yearly' | 'lunar'
  schedule?: Schedule
  manual?: boolean
  api?: boolean
}

export const WAYS = ['event', 'audience', 'left', 'layer', 'tag', 'date', 'schedule', 'manual', 'api'] as const
export type TriggerKind = (typeof WAYS)[number]

/** Which way in a trigger is; a schedule names an audience too. */
export function wayOf(trigger: Trigger): TriggerKind {
  if (trigger.schedule) return 'schedule'
  return WAYS.find((way) => trigger[way] !== undefined) ?? 'event'
}

export interface Schedule {
  at?: string
  weekdays?: number[]
  monthday?: number | null
  cron?: string | null
  only?: 'workdays' | 'days_off' | null
  holiday?:
    | 'new_year'
    | 'spring_festival'
    | 'qingming'
    | 'labour_day'
    | 'dragon_boat'
    | 'mid_autumn'
    | 'national_day'
    | null
  days?: number
  last_workday?: boolean
}

export interface Message {
  text: string
  channel?: string | null
  purpose?: 'marketing' | 'service' | 'transactional'
  sender?: 'owner' | 'brand'
  valid?: string
  offer?: { key: string; name: string; cost?: string; counted?: 'sent' | 'used' } | null
}

export interface Wait {
  for?: string | null
  until?: string | null
  day?: number | null
  between?: [string, string] | null
  life?: number | null
  default?: string | null
  or_event?: EventSpec | null
}

export interface Task {
  title: string
  text?: string
  within?: string
  wait?: boolean
  done?: string | null
  not_done?: string | null
}

export interface Step {
  id: string
  title?: string
  message?: Message
  wait?: Wait
  branch?: { if: Condition; go: string; name?: string }[]
  split?: { key: string; share: number; go: string }[]
  tag?: { add?: string; value?: string; remove?: string }
  task?: Task
  exit?: { reason?: string }
  next?: string | null
}

export interface Definition {
  key: string
  name: string
  name_en?: string
  about?: string
  triggers: Trigger[]
  entry?: 'once' | 'each'
  gap?: string | null
  filter?: Condition | null
  control?: number
  window?: number
  goal?: EventSpec
  exits?: EventSpec[]
  priority?: number
  group?: string | null
  limits?: { at_once?: number | null; entries?: number | null; within?: string } | null
  steps: Step[]
}

export const KINDS = ['message', 'wait', 'branch', 'split', 'tag', 'task', 'exit'] as const
export type StepKind = (typeof KINDS)[number]

export function kindOf(step: Step): StepKind {
  return KINDS.find((kind) => step[kind] !== undefined) ?? 'exit'
}

export interface Way {
  to: string
  label: string
  /** Where people go when no other way is theirs. */
  otherwise: boolean
}

/** Every way out of a step, in the order the server tries them. */
export function waysOf(definition: Definition, at: number): Way[] {
  const step = definition.steps[at]
  if (!step || step.exit) return []
  const next = step.next ?? definition.steps[at + 1]?.id ?? END
  if (step.branch)
    return [
      ...step.branch.map((path, nth) => ({ to: path.go, label: path.name ?? `#${nth + 1}`, otherwise: false })),
      { to: next, label: '', otherwise: true },
    ]
  if (step.split) return step.split.map(({ key, share, go }) => ({ to: go, label: `${key} ${share}%`, otherwise: false }))
  if (step.task && (step.task.done ?? step.task.not_done))
    return [
      ...(['done', 'not_done'] as const).flatMap((outcome) => {
        const to = step.task?.[outcome]
        return to ? [{ to, label: outcome, otherwise: false }] : []
      }),
      { to: next, label: '', otherwise: true },
    ]
  return [{ to: next, label: '', otherwise: false }]
}
