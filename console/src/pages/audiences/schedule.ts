import type { components } from '../../api/schema'

export type Schedule = components['schemas']['Schedule']
export type Every = Schedule['every']

export const EVERY: readonly Every[] = ['day', 'week', 'month']
export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const
export const MOST_TIMES = 6

/** Another rhythm: the times stay, the days start with something sensible. */
export function withEvery(schedule: Schedule, every: Every): Schedule {
  return { every, at: schedule.at, weekdays: every === 'week' ? [1] : [], day: every === 'month' ? 1 : null }
}

export const DAILY: Schedule = { every: 'day', at: ['09:00'], weekdays: [], day: null }

/** Whether it names a time and a day: what is half chosen cannot be saved. */
export function isWhole({ every, at, weekdays = [], day }: Schedule): boolean {
  if (at.length === 0 || at.some((time) => !/^\d\d:\d\d$/.test(time))) return false
  return every === 'week' ? weekdays.length > 0 : every === 'month' ? day != null : true
}
