import { describe, expect, it } from 'vitest'
import { biggestDrag } from './cause'
import { daysOf } from './period'

describe('a period', () => {
  it('of n days is today and the n − 1 days before it', () =>
    expect(daysOf('7d', '2026-11-03')).toEqual({ from: '2026-10-28', to: '2026-11-03' }))
  it('of this month begins on its first day', () =>
    expect(daysOf('month', '2026-11-20')).toEqual({ from: '2026-11-01', to: '2026-11-20' }))
})

describe('what dragged GMV down', () => {
  const tree = (gmv: number, aov: number, customersNew: number, old: number) => [
    { key: 'gmv', parent: null, now: gmv, before: 1000 },
    { key: 'buyers', parent: 'gmv', now: 9, before: 10 },
    { key: 'buyers_new', parent: 'buyers', now: 3, before: 4 },
    { key: 'customers_new', parent: 'buyers_new', now: customersNew, before: 40 },
    { key: 'buyers_old', parent: 'buyers', now: old, before: 6 },
    { key: 'aov', parent: 'gmv', now: aov, before: 100 },
  ]
  it('is the leaf that fell most', () => expect(biggestDrag(tree(900, 100, 30, 6))).toBe('customers_new'))
  it('counts a branch by its weight among the buyers', () => {
    // New customers fell by 20 %, weighing 40 %; order value by 10 %, weighing all.
    expect(biggestDrag(tree(800, 90, 32, 6))).toBe('aov')
  })
  it('is nothing when GMV rose', () => expect(biggestDrag(tree(1100, 90, 30, 6))).toBeNull())
})
