import { comparison } from './leaves'
import type { FieldInfo } from './catalogue'
import type { Condition, Join, Json } from './tree'

/** Tests of one event: a test of a property, or all, any or none of several. The list itself asks for all. */

export function joinOf(test: Condition): Join | null {
  if (Array.isArray(test.all)) return 'all'
  if (Array.isArray(test.any)) return 'any'
  return 'not' in test ? 'none' : null
}

/** The tests inside a group; `none` is the server's not, of one test or of any of several. */
export function partsOf(test: Condition): Condition[] {
  const join = joinOf(test)
  if (join === null) return []
  if (join !== 'none') return test[join] as Condition[]
  const inner = test.not as Condition
  return Array.isArray(inner.any) ? (inner.any as Condition[]) : [inner]
}

export function groupOf(join: Join, parts: readonly Condition[]): Condition {
  if (join !== 'none') return { [join]: [...parts] }
  const [only] = parts
  return { not: parts.length === 1 && only ? only : { any: [...parts] } }
}

export function newTest(props: readonly FieldInfo[], today: string): Condition {
  const [first] = props
  return first ? { prop: first.key, ...comparison(first, today) } : { prop: '' }
}

/** The list with another one in a place, or without it; a group that became empty goes too. */
export function withTest(tests: readonly Condition[], at: number, next: Condition | null): Condition[] {
  if (next === null || (joinOf(next) !== null && partsOf(next).length === 0)) return tests.toSpliced(at, 1)
  return tests.with(at, next)
}

export function testsOf(value: Json | undefined): Condition[] {
  return Array.isArray(value) ? (value as Condition[]) : []
}
