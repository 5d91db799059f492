import { describe, expect, it } from 'vitest'
import { leaksOf } from './leaks'

type Data = Parameters<typeof leaksOf>[0]
const pair = (key: string, now: number | null, before: number | null) => ({ key, now: { value: now }, before: { value: before } })
const sop = (journey: string, code: string, value: number) => ({
  journey,
  zh: journey,
  en: journey,
  verdict: { code },
  figures: [{ key: 'profit', total: { value } }],
})

const data = {
  metrics: [
    pair('gmv', 100_000, 90_000),
    pair('orders', 50, 40),
    pair('refund_rate', 0.05, 0.03),
    pair('margin_rate', 0.6, 0.7),
  ],
  tree: [pair('aov', 2_000, 2_250), pair('customers_new', 10, 8), pair('first_order_rate', 0.2, 0.25)],
  sops: [sop('win-back', 'loss', -6_000), sop('hello', 'gain', 9_000), sop('maybe', 'undecided', -50_000)],
  costed_gmv_minor: 80_000,
} as unknown as Data

describe('where money runs out', () => {
  it('is priced with the volume of this period, the biggest first, three at most', () => {
    expect(leaksOf(data).map(({ code, minor }) => [code, minor])).toEqual([
      // 50 orders at 250 less each.
      ['aov', 12_500],
      // 10 points of 80,000.
      ['margin', 8_000],
      ['sop', 6_000],
    ])
  })
  it('is no rise, no proof that is missing, and nothing without a period before', () => {
    const calm = {
      ...data,
      metrics: [pair('gmv', 100_000, 90_000), pair('orders', 50, 40), pair('refund_rate', 0.03, 0.05), pair('margin_rate', 0.6, null)],
      tree: [pair('aov', 2_250, 2_000), pair('customers_new', 10, 8), pair('first_order_rate', 0.25, 0.25)],
      sops: [sop('maybe', 'undecided', -50_000)],
    } as unknown as Data
    expect(leaksOf(calm)).toEqual([])
  })
  it('counts the first orders that did not come at the order value of today', () => {
    const only = { ...data, metrics: [], sops: [], tree: [pair('aov', 2_000, 2_000), ...data.tree.slice(1)] } as unknown as Data
    expect(leaksOf(only)).toEqual([{ code: 'first_orders', now: 0.2, before: 0.25, minor: 1_000 }])
  })
})
