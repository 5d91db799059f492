import { describe, expect, it } from 'vitest'
import { eventOf, isSilence, stepOf, stepsOf, writtenStep } from './sequence'
import type { Json } from './tree'

const STEPS: Json[] = [
  'product_viewed',
  { event: 'order_paid', within: '3d' },
  { event: 'order_paid', where: [{ prop: 'store', value: '静安' }], within: '48h', without: ['order_refunded'] },
  { none: 'order_paid', within: '24h' },
  { none: { event: 'order_paid', items: [] }, within: '24h' },
]

describe('a step', () => {
  it('is written back as it was read', () => {
    for (const step of STEPS) expect(writtenStep(stepOf(step))).toEqual(step)
  })
  it('is its name alone when nothing more is asked', () => {
    expect(writtenStep({ event: { event: 'order_paid' }, within: null, without: [], none: false })).toBe('order_paid')
  })
  it('as the first of a sequence has nothing before it', () => {
    expect(STEPS.map(eventOf).slice(0, 2)).toEqual(['product_viewed', 'order_paid'])
    expect(eventOf(STEPS[3] ?? '')).toBe('order_paid')
  })
  it('that did not happen gets a time when it has none', () => {
    expect(writtenStep({ event: { event: 'order_paid' }, within: null, without: [], none: true })).toEqual({
      none: 'order_paid',
      within: '3d',
    })
    expect(isSilence(STEPS[3])).toBe(true)
    expect(isSilence('order_paid')).toBe(false)
  })
  it('is found in its sequence', () => expect(stepsOf({ sequence: STEPS })).toHaveLength(5))
})
