import { END, type Definition, type Step, type StepKind } from '../definition'
import { kindNamed, kindOf, waysOf } from '../kinds'
import { START } from '../layout'

/** Changes of a definition while it is drawn. Each gives a new definition, written as the server writes it. */

/** A way out of a step: the nth of `waysOf`; of START, the only one. */
export interface Place {
  from: string
  nth: number
}

/** A step of a kind as it begins: what only a person can say is left empty. */
export function blank(kind: StepKind, id: string, to: string): Step {
  return { id, ...kindNamed(kind).blank(to) }
}

/** Put a new step on a way: who would have gone on goes through it. Returns its id, too. */
export function insert(definition: Definition, place: Place, kind: StepKind): { definition: Definition; id: string } {
  const steps = explicit(definition)
  const id = freeId(definition, kind)
  const at = steps.findIndex((step) => step.id === place.from)
  const to = place.from === START ? (steps[0]?.id ?? END) : (waysOf({ ...definition, steps }, at)[place.nth]?.to ?? END)
  const added = withNext(blank(kind, id, to), to)
  const before = steps.slice(0, at + 1)
  const from = before[at]
  if (from) before[at] = withWay(from, place.nth, id)
  return { definition: { ...definition, steps: brief([...before, added, ...steps.slice(at + 1)]) }, id }
}

/**
 * Take a step away: who came to it goes where it led. Of several ways that is the last, where everybody else went; what
 * only the others led to goes with it.
 */
export function remove(definition: Definition, id: string): Definition {
  const steps = explicit(definition)
  const at = steps.findIndex((step) => step.id === id)
  const ways = waysOf({ ...definition, steps }, at)
  const onward = ways.at(-1)?.to ?? END
  const to = onward === id ? END : onward
  const left = steps.filter((step) => step.id !== id).map((step) => redirected(step, id, to))
  // The first step is where everybody begins: when it goes, they begin where it led.
  const first = at === 0 ? left.findIndex((step) => step.id === to) : -1
  const ordered = first > 0 ? [...left.slice(first, first + 1), ...left.slice(0, first), ...left.slice(first + 1)] : left
  const gone = lost(steps, ordered)
  return { ...definition, steps: brief(ordered.filter((step) => !gone.has(step.id))) }
}

/** Lead a way to another step, or to the end. */
export function connect(definition: Definition, { from, nth }: Place, to: string): Definition {
  return { ...definition, steps: brief(explicit(definition).map((step) => (step.id === from ? withWay(step, nth, to) : step))) }
}

/** Change what a step is, not where its single way leads. */
export function update(definition: Definition, step: Step): Definition {
  return { ...definition, steps: brief(explicit(definition).map((each) => (each.id === step.id ? { ...step, next: each.next } : each))) }
}

/** An id that no step has: what it is, and a number. */
export function freeId(definition: Definition, kind: StepKind): string {
  const taken = new Set(definition.steps.map(({ id }) => id))
  for (let n = 1; ; n++) if (!taken.has(`${kind}-${n}`)) return `${kind}-${n}`
}

/** Every step with the step it leads to written down, so that steps may change places. */
function explicit(definition: Definition): Step[] {
  return definition.steps.map((step, at) => withNext(step, step.next ?? definition.steps[at + 1]?.id ?? END))
}

function withNext(step: Step, next: string): Step {
  return kindOf(step).next ? { ...step, next } : step
}

/** Without what would be so anyway: the server leaves it out, too. */
function brief(steps: Step[]): Step[] {
  return steps.map((step, at) => {
    const { next, ...rest } = step
    return next === undefined || next === (steps[at + 1]?.id ?? END) ? rest : step
  })
}

function withWay(step: Step, nth: number, to: string): Step {
  const kind = kindOf(step)
  return nth < kind.ways(step).length ? kind.lead(step, nth, to) : withNext(step, to)
}

function redirected(step: Step, from: string, to: string): Step {
  const kind = kindOf(step)
  const moved = kind
    .ways(step)
    .reduce((now, way, nth) => (way.to === from ? kind.lead(now, nth, to) : now), step)
  return moved.next === from ? { ...moved, next: to } : moved
}

/** The steps one could come to before and cannot now. */
function lost(before: Step[], after: Step[]): Set<string> {
  const now = reached(after)
  return new Set([...reached(before)].filter((id) => !now.has(id)))
}

function reached(steps: Step[]): Set<string> {
  const known = new Map(steps.map((step) => [step.id, step]))
  const found = new Set<string>()
  const todo = steps[0] ? [steps[0].id] : []
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    const step = known.get(id)
    if (!step || found.has(id)) continue
    found.add(id)
    todo.push(...waysOf({ steps }, steps.indexOf(step)).map(({ to }) => to))
  }
  return found
}

/** The step a problem belongs to: "steps.<id>.…"; what is not of a step belongs to the start. */
export function placeOf(place: string): string {
  return /^steps\.([a-z0-9-]+)/.exec(place)?.[1] ?? START
}

/** A part without one of its fields. */
export function without<Whole extends object, Key extends keyof Whole>(whole: Whole, key: Key): Omit<Whole, Key> {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key)) as Omit<Whole, Key>
}
