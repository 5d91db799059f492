import { describe, expect, it } from 'vitest'
import { DAILY, isWhole, withEvery } from './schedule'

describe('a schedule', () => {
  it('keeps its times when its rhythm changes, and has the days that go with it', () => {
    expect(withEvery(DAILY, 'week')).toEqual({ every: 'week', at: ['09:00'], weekdays: [1], day: null })
    expect(withEvery(withEvery(DAILY, 'week'), 'month')).toEqual({ every: 'month', at: ['09:00'], weekdays: [], day: 1 })
  })
  it('is whole with a time and a day', () => {
    expect(isWhole(DAILY)).toBe(true)
    expect(isWhole({ ...DAILY, at: [''] })).toBe(false)
    expect(isWhole({ ...DAILY, every: 'week' })).toBe(false)
    expect(isWhole({ ...DAILY, every: 'month' })).toBe(false)
  })
})
