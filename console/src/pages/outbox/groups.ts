import type { components } from '../../api/schema'

export type State = components['schemas']['TallyOut']['state']
type Tally = components['schemas']['TallyOut']

/** States an operator tells apart, each with those of the server in it. */
export const GROUPS = {
  waiting: ['intended', 'deferred', 'queued'],
  stopped: ['skipped', 'dropped'],
  out: ['handed_over'],
  reached: ['staff_confirmed', 'delivered', 'read', 'clicked', 'replied'],
  lost: ['failed', 'expired', 'cancelled'],
  unknown: ['unknown'],
} as const satisfies Record<string, readonly State[]>

export type Group = keyof typeof GROUPS
export const GROUP_NAMES = Object.keys(GROUPS) as Group[]

export interface Line {
  channel: string
  n: Record<Group, number>
}

/** Lines by channel and one of all, from what the server counted. */
export function linesOf(tallies: readonly Tally[]): { lines: Line[]; all: Line } {
  const channels = [...new Set(tallies.map(({ channel }) => channel))]
  const count = (rows: readonly Tally[], channel: string): Line => ({
    channel,
    n: Object.fromEntries(
      GROUP_NAMES.map((group) => [
        group,
        rows.filter(({ state }) => (GROUPS[group] as readonly State[]).includes(state)).reduce((sum, { n }) => sum + n, 0),
      ]),
    ) as Record<Group, number>,
  })
  return {
    lines: channels.map((channel) => count(tallies.filter((row) => row.channel === channel), channel)),
    all: count(tallies, ''),
  }
}

/** Whether a channel can tell of a group at all: one that has no receipt of arrival knows nothing, not zero. */
export function canTell(group: Group, receipts: readonly State[] | undefined): boolean {
  if (group !== 'reached' || receipts === undefined) return true
  return (GROUPS.reached as readonly State[]).some((state) => receipts.includes(state))
}
