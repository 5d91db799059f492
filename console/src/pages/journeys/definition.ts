import type { Condition } from '../../conditions/tree'

/** A journey as the server writes it: everything that is as it would be anyway is left out. */

export const END = 'end'

export interface EventSpec {
  event: string
  where?: Condition[]
}

/** Whom a journey is about. */
export type Subject = 'customer' | 'staff'

/** Who of those who work here; what is not said leaves nobody out. */
export interface Roster {
  departments?: string[]
  stores?: string[]
  roles?: ('owner' | 'manager' | 'staff' | 'read_only')[]
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
  staff?: Roster
  manual?: boolean
  api?: boolean
}

export const WAYS = ['event', 'audience', 'left', 'layer', 'tag', 'date', 'schedule', 'staff', 'manual', 'api'] as const
export type TriggerKind = (typeof WAYS)[number]

/** The ways into a journey about this subject, in the order in which they are offered. */
export function waysInto(subject: Subject): readonly TriggerKind[] {
  return WAYS.filter((way) => (way === 'staff') === (subject === 'staff'))
}

/** Which way in a trigger is; a schedule names an audience or staff, too. */
export function wayOf(trigger: Trigger): TriggerKind {
  if (trigger.staff) return 'staff'
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
  /** On these days only; 1 is Monday. */
  weekdays?: number[]
  /** A date of the person: `first_seen` or an attribute. */
  date?: { attr: string; days?: number; at?: string; yearly?: boolean } | null
  /** The hour they are likely to answer at, within this span. */
  best?: string | null
  zone?: 'house' | 'customer'
  early?: string | null
}

export interface Variant {
  key: string
  share: number
  go: string
}

export interface Task {
  title: string
  text?: string
  within?: string
  wait?: boolean
  done?: string | null
  not_done?: string | null
  rejected?: string | null
}

export interface Step {
  id: string
  title?: string
  message?: Message
  wait?: Wait
  branch?: { if: Condition; go: string; name?: string }[]
  split?: Variant[]
  random?: Variant[]
  tag?: { add?: string; value?: string; remove?: string }
  attribute?: { key: string; value?: string | number | boolean | null }
  task?: Task
  goal?: Record<string, never>
  exit?: { reason?: string }
  next?: string | null
}

export interface Definition {
  key: string
  /** Customers, where nothing is said. */
  subject?: Subject
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

/** The kinds of step there are; `kinds/` says what each means. */
export type StepKind = keyof Omit<Step, 'id' | 'title' | 'next'>
