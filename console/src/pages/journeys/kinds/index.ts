import { END, type Definition, type Step, type StepKind, type Subject } from '../definition'
import { attribute } from './attribute'
import { branch } from './branch'
import { exit } from './exit'
import { goal } from './goal'
import type { Kind, Way } from './kind'
import { message } from './message'
import { random, split } from './split'
import { tag } from './tag'
import { task } from './task'
import { wait } from './wait'

/** Every kind of step, in the order in which they are offered. */
export const KINDS: readonly Kind[] = [message, wait, branch, split, random, tag, attribute, task, goal, exit]

/** The kinds a journey about this subject can have. */
export function kindsFor(subject: Subject): readonly Kind[] {
  return KINDS.filter(({ subjects = ['customer'] }) => subjects.includes(subject))
}

const BY_KEY = Object.fromEntries(KINDS.map((kind) => [kind.key, kind])) as Record<StepKind, Kind>

export function kindOf(step: Step): Kind {
  return KINDS.find(({ key }) => step[key] !== undefined) ?? exit
}

export function kindNamed(key: StepKind): Kind {
  return BY_KEY[key]
}

/** Every way out of a step, in the order the server tries them. */
export function waysOf(definition: Pick<Definition, 'steps'>, at: number): Way[] {
  const step = definition.steps[at]
  if (!step) return []
  const kind = kindOf(step)
  const own = kind.ways(step).map((way) => ({ ...way, otherwise: false }))
  const next = { to: step.next ?? definition.steps[at + 1]?.id ?? END, label: '', otherwise: own.length > 0 }
  return kind.next ? [...own, next] : own
}
