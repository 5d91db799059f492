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
  schedule?: { at: string; weekdays?: number[]; monthday?: number | null }
  manual?: boolean
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
