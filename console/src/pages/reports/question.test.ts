import { describe, expect, it } from 'vitest'
import { formatFor } from '../../shared/format'
import { askOf, drawingOf, FRESH, keptOf, periodOf, type Answer } from './question'

const format = formatFor('zh-CN', 'CNY', 'Asia/Shanghai', { people: ' 人', orders: ' 单', relations: ' 对' })

function level(value: number | null) {
  return { value, numerator: value, denominator: value === null ? null : 1, why: null }
}

function measure(key: string, unit: 'minor' | 'people') {
  return { key, unit, name: { zh: key, en: key }, line: { zh: '', en: '' }, time: { zh: '', en: '' }, cuts: [] }
}

function answer(by: string[], rows: [Record<string, string | null>, number, number][]): Answer {
  return {
    as_of: '2026-11-01T00:00:00Z', start: '2026-10-01', end: '2026-10-31', before_start: null, before_end: null, currency: 'CNY',
    measures: [measure('gmv', 'minor'), measure('buyers', 'people'), measure('refunds', 'minor')],
    by,
    rows: rows.map(([values, gmv, refunds]) => ({ by: values, now: { gmv: level(gmv), buyers: level(1), refunds: level(refunds) }, before: null })),
    whole: { by: {}, now: {}, before: null },
    more: 0, labels: { source: { ad: { zh: '广告', en: 'Ads' } } }, sentence: '',
  }
}

describe('the address of a question', () => {
  it('asks what it says', () => {
    expect(askOf({ ...FRESH, measures: 'gmv,aov', by: 'month,source', period: '90d', compare: 'yes', where: '{"event":"order_paid"}' })).toEqual({
      measures: ['gmv', 'aov'], by: ['month', 'source'], period: '90d', compare: true, limit: 1000, where: { event: 'order_paid' },
    })
    expect(askOf({ ...FRESH, where: 'not json' })).not.toHaveProperty('where')
    expect(periodOf('2026-01-01..2026-03-31')).toEqual({ from: '2026-01-01', to: '2026-03-31' })
  })

  it('is the same again after it was kept', () => {
    const kept = { ...FRESH, measures: 'gmv', by: 'week', period: '2026-01-01..2026-03-31', where: '{"event":"order_paid"}', compare: 'yes' }
    expect(keptOf({ question: askOf(kept), shape: 'line' })).toEqual(kept)
  })
})

describe('the chart of an answer', () => {
  it('draws a line per measure of one unit when only time is cut', () => {
    const drawing = drawingOf(answer(['day'], [[{ day: '2026-10-01' }, 100, 5], [{ day: '2026-10-02' }, 200, 0]]), 'line', format, '无')
    expect(drawing?.kind).toBe('line')
    expect(drawing?.categories).toEqual(['2026-10-01', '2026-10-02'])
    expect(drawing?.series.map(({ name, values }) => [name, values])).toEqual([['gmv', [100, 200]], ['refunds', [5, 0]]])
  })

  it('draws a line per cell, the largest first, with gaps where there is nothing', () => {
    const rows: [Record<string, string | null>, number, number][] = [
      [{ day: '1', source: null }, 10, 0],
      [{ day: '2', source: 'ad' }, 300, 0],
      [{ day: '2', source: null }, 20, 0],
    ]
    const drawing = drawingOf(answer(['day', 'source'], rows), 'line', format, '无')
    expect(drawing?.series.map(({ name, values }) => [name, values])).toEqual([['广告', [null, 300]], ['无', [10, 20]]])
  })

  it('lays bars on their side without time, and draws nothing without a cut', () => {
    const bars = drawingOf(answer(['source'], [[{ source: 'ad' }, 100, 1]]), 'line', format, '无')
    expect([bars?.kind, bars?.sideways, bars?.categories]).toEqual(['bar', true, ['广告']])
    expect(drawingOf(answer([], [[{}, 1, 1]]), 'line', format, '无')).toBeNull()
    expect(drawingOf(answer(['day'], [[{ day: '1' }, 1, 1]]), 'table', format, '无')).toBeNull()
  })
})
