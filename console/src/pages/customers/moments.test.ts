import { describe, expect, it } from 'vitest'
import type { Known } from '../../conditions/useKnown'
import { formatFor } from '../../shared/format'
import { byDay, detailText, kindOfMoment, merged, sayAbout, type Moment, type Touch } from './moments'

const moment = (key: string, at: string, kind = 'event'): Moment => ({
  at,
  key,
  kind,
  name_zh: '',
  name_en: '',
  channel: '',
  amount_minor: null,
  detail: {},
})
const touch = (at: string) => ({ due_at: at }) as Touch

it('puts facts and touches in one line, the newest first, and tells a touch once', () => {
  const lines = merged(
    [moment('order_paid', '2026-11-01T02:00:00Z', 'order'), moment('touch_sent', '2026-11-02T02:00:00Z')],
    [touch('2026-11-02T01:00:00Z')],
  )
  expect(lines.map((line) => [kindOfMoment(line), line.at])).toEqual([
    ['touches', '2026-11-02T01:00:00Z'],
    ['orders', '2026-11-01T02:00:00Z'],
  ])
})

it('cuts days in the house zone', () => {
  const format = formatFor('zh-CN', 'CNY', 'Asia/Shanghai', { people: ' 人', orders: ' 单', relations: ' 对' })
  const lines = merged([moment('page_viewed', '2026-11-01T16:30:00Z'), moment('page_viewed', '2026-11-01T15:30:00Z')], [])
  expect(byDay(lines, format).map(([day, ofDay]) => [day, ofDay.length])).toEqual([
    ['2026-11-02', 1],
    ['2026-11-01', 1],
  ])
})

describe('what a fact is about', () => {
  const known: Known = {
    event: (key) => key,
    tag: (key) => `标签${key}`,
    tagged: (key, value) => `标签${key}${value ? ` 值${value}` : ''}`,
    attr: (key) => key,
    audience: (key) => `人群${key}`,
    model: (key) => key,
    layer: (model, key) => (key === '' ? '' : `${model}层${key}`),
    staff: (key) => (key === '' ? '' : `员工${key}`),
    source: (key) => (key === '' ? '' : `来源${key}`),
    journey: (key) => `旅程${key}`,
  }
  const quoted = (text: string) => `「${text}」`
  const about = (key: string, detail: Record<string, unknown>) => sayAbout({ key, detail }, known, { quoted }, '未分层')
  it('is said by name', () => {
    expect(about('tag_added', { tag: 'a', value: 'hot' })).toBe('+「标签a 值hot」')
    expect(about('tag_removed', { tag: 'a', value: null })).toBe('−「标签a」')
    expect(about('layer_changed', { model: 'rfm', from: null, to: 'b' })).toBe('未分层 → rfm层b')
    expect(about('audience_entered', { audience: 'x' })).toBe('「人群x」')
    expect(about('task_done', { journey: 'j' })).toBe('「旅程j」')
    expect(about('friend_added', { staff: 's', source: 'live' })).toBe('员工s · 来源live')
    expect(about('friend_lost', { staff: 's' })).toBe('员工s')
    expect(about('order_paid', {})).toBe('')
  })
  it('tells a product by its name, and by its key when it has none', () => {
    expect(detailText({ product: 'ML-C03', product_name: '洁面膏' })).toBe('洁面膏')
    expect(detailText({ product: 'ML-C03' })).toBe('ML-C03')
    expect(detailText({ name: '会员中心', text: '在吗', title: 'x' })).toBe('在吗 · 会员中心')
  })
})
