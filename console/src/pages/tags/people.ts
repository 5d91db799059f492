import type { Condition } from '../../conditions/tree'

/** The address of the customer list that shows whom a condition selects. */
export function peopleWith(condition: Condition): string {
  return `/customers?condition=${encodeURIComponent(JSON.stringify(condition))}`
}
