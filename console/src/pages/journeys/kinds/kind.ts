import type { Step, StepKind, Subject } from '../definition'
import type { Names } from '../names'
import type { T } from '../words'

export interface Way {
  to: string
  label: string
  /** Where people go when no other way is theirs. */
  otherwise: boolean
}

export interface Said {
  /** What qualifies the kind. */
  aside: string
  /** What the reader recognises the step by. */
  title: string
}

/** A kind of step as the console knows it: everything else asks this. */
export interface Kind {
  key: StepKind
  /** The kind's part of a step as it begins: what only a person can say is left empty. */
  blank: (to: string) => Partial<Step>
  /** Ways of its own, before the one to the next step; each can be led elsewhere. */
  ways: (step: Step) => Omit<Way, 'otherwise'>[]
  /** The step with its nth own way leading elsewhere. */
  lead: (step: Step, nth: number, to: string) => Step
  /** Whether there is a way to the next step, too. */
  next: boolean
  said: (step: Step, t: T, names: Pick<Names, 'event' | 'tagged' | 'attr'>) => Said
  /** Whom it can do something for, where that is not customers alone. */
  subjects?: readonly Subject[]
  /** What says by itself what it is needs no name. */
  nameless?: boolean
}

/** A kind that leads nowhere but to the next step. */
export const plain: Pick<Kind, 'ways' | 'lead' | 'next'> = { ways: () => [], lead: (step) => step, next: true }

/** What can be done for staff, too. */
export const EVERYBODY: readonly Subject[] = ['customer', 'staff']

/** A row of ways with the nth leading elsewhere. */
export function led<Row extends { go: string }>(rows: Row[] | undefined, nth: number, to: string): Row[] {
  return (rows ?? []).map((row, n) => (n === nth ? { ...row, go: to } : row))
}
