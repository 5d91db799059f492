import type { Condition, Json } from './tree'

/** A step of a sequence while it is edited; written, it is as short as it can be. */
export interface Step {
  /** The event with its own tests. */
  event: Condition
  within: string | null
  without: Json[]
  /** The event did not follow. */
  none: boolean
}

export function stepsOf(body: Condition): Json[] {
  return Array.isArray(body.sequence) ? body.sequence : []
}

function isObject(value: Json | undefined): value is Condition {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isSilence(written: Json | undefined): boolean {
  return isObject(written) && 'none' in written
}

function eventBody(written: Json | undefined): Condition {
  return isObject(written) ? written : { event: typeof written === 'string' ? written : '' }
}

export function stepOf(written: Json): Step {
  if (!isObject(written)) return { event: eventBody(written), within: null, without: [], none: false }
  const { within, without, none, ...event } = written
  return {
    event: 'none' in written ? eventBody(none) : event,
    within: typeof within === 'string' ? within : null,
    without: Array.isArray(without) ? without : [],
    none: 'none' in written,
  }
}

function short(event: Condition): Json {
  return Object.keys(event).length === 1 && typeof event.event === 'string' ? event.event : event
}

export function writtenStep({ event, within, without, none }: Step): Json {
  if (none) return { none: short(event), within: within ?? '3d' }
  if (within === null && without.length === 0) return short(event)
  return { ...event, ...(within === null ? {} : { within }), ...(without.length > 0 ? { without } : {}) }
}

/** A step as the first one: nothing comes before it. */
export function eventOf(written: Json): Json {
  return short(stepOf(written).event)
}
