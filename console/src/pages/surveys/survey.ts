import type { components } from '../../api/schema'
import type { Tone } from '../../shared/Chip'

export type Survey = components['schemas']['SurveyOut']
export type Detail = components['schemas']['SurveyDetail']
export type Spec = components['schemas']['SurveySpec']
export type Question = components['schemas']['SurveyQuestion']
export type Option = components['schemas']['SurveyOption']
export type Result = components['schemas']['SurveyResult']
export type Kind = Question['kind']

export const KINDS: readonly Kind[] = ['single', 'multiple', 'scale', 'stars', 'text', 'number', 'date', 'phone']

export const TONES: Record<Survey['state'], Tone> = { draft: 'plain', open: 'good', upcoming: 'info', over: 'warn', closed: 'plain' }

/** What all queries of this page begin with. */
export const STALE = ['/api/content/surveys']

/** What stands in a message for the address of each reader's own. */
export function placeOf(key: string): string {
  return `{survey:${key}}`
}

/** The first free key of a kind: q1, q2 … */
function freeKey(prefix: string, taken: readonly string[]): string {
  let n = taken.length + 1
  while (taken.includes(`${prefix}${n}`)) n += 1
  return `${prefix}${n}`
}

export function isChoice(kind: Kind): boolean {
  return kind === 'single' || kind === 'multiple'
}

/** What can be answered to a question others may depend on; none where nothing can depend on it. */
export function valuesOf(question: Question): (string | number)[] {
  if (isChoice(question.kind)) return (question.options ?? []).map(({ key }) => key)
  if (question.kind === 'scale') return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  return question.kind === 'stars' ? [1, 2, 3, 4, 5] : []
}

export function withQuestion(spec: Spec, kind: Kind): Spec {
  const questions = spec.questions ?? []
  const made: Question = {
    key: freeKey('q', questions.map(({ key }) => key)),
    kind,
    label: '',
    help: '',
    optional: false,
    options: isChoice(kind) ? [{ key: 'o1', label: '' }, { key: 'o2', label: '' }] : [],
    low: '',
    high: '',
    attribute: '',
    personal: false,
    show_if: null,
  }
  return { ...spec, questions: [...questions, made] }
}

export function withOption(question: Question): Question {
  const options = question.options ?? []
  return { ...question, options: [...options, { key: freeKey('o', options.map(({ key }) => key)), label: '' }] }
}

/** Put the question at `from` where the one at `to` stands; what may no longer depend on a later one does not. */
export function moved(spec: Spec, from: number, to: number): Spec {
  const questions = [...(spec.questions ?? [])]
  const [taken] = questions.splice(from, 1)
  if (taken !== undefined) questions.splice(to, 0, taken)
  return { ...spec, questions: settled(questions) }
}

export function without(spec: Spec, at: number): Spec {
  return { ...spec, questions: settled((spec.questions ?? []).filter((_, n) => n !== at)) }
}

/** Questions whose conditions name only answers of earlier questions. */
function settled(questions: Question[]): Question[] {
  return questions.map((question, n) => {
    const shown = question.show_if
    if (!shown) return question
    const before = questions.slice(0, n).find(({ key }) => key === shown.question)
    return before ? question : { ...question, show_if: null }
  })
}

/** Whether everything has its words, without which a draft is not kept. */
export function isWorded(spec: Spec): boolean {
  const worded = (text: string) => text.trim() !== ''
  return (
    worded(spec.title) &&
    (spec.questions ?? []).every(({ label, options = [] }) => worded(label) && options.every((option) => worded(option.label))) &&
    (!spec.incentive || worded(spec.incentive.text))
  )
}

/** Whether two definitions ask the same: what is empty is as good as absent. */
export function isSame(one: Spec, other: Spec): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other))
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const said = Object.entries(value).filter(
    ([, each]) => each !== null && each !== undefined && each !== '' && each !== false && !(Array.isArray(each) && each.length === 0),
  )
  return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, plain(each)]))
}
