import { describe, expect, it } from 'vitest'
import type { Catalogue, FieldInfo } from './catalogue'
import { kindOf, measuredKind, measureOf, measuresFor, newLeaf, withChangeKind, withMeasure, withOp } from './leaves'

const TODAY = '2026-11-20'
const AMOUNT: FieldInfo = { key: 'amount', kind: 'money', name_zh: '金额', name_en: 'amount', options: [] }
const STORE: FieldInfo = { key: 'store', kind: 'choice', name_zh: '门店', name_en: 'store', options: [] }
const CITY = { kind: 'choice' as const, options: [{ key: '上海', name_zh: '上海', name_en: '上海' }] }
const EMPTY: Catalogue = { attrs: [], events: [], tags: [], layers: [], audiences: [], lists: [], staff: [], sources: [], household_roles: [] }

describe('a leaf', () => {
  it('is known by what it asks about', () => {
    expect(kindOf({ event: 'order_paid' })).toBe('event')
    expect(kindOf({ layer: 'rfm', in: ['champion'] })).toBe('layer')
    expect(kindOf({ list: 'vip' })).toBe('list')
    expect(kindOf({ sequence: [] })).toBe('sequence')
    expect(kindOf({ consent: 'sms' })).toBeNull()
  })
  it('starts with a question that can be answered', () => {
    expect(newLeaf('event', EMPTY, TODAY)).toEqual({ event: 'order_paid', within: '90d', op: 'gte', value: 1 })
    expect(newLeaf('sequence', EMPTY, TODAY)).toEqual({
      sequence: ['order_paid', { event: 'order_paid', within: '3d' }],
      within: '30d',
    })
    expect(newLeaf('random', EMPTY, TODAY)).toEqual({ random: { salt: TODAY, from: 0, to: 10 } })
    expect(newLeaf('group', EMPTY, TODAY)).toEqual({ group: { state: 'active' } })
    expect(newLeaf('list', { ...EMPTY, lists: [{ key: 'vip', name_zh: '贵宾', name_en: 'VIPs' }] }, TODAY)).toEqual({ list: 'vip' })
    expect(newLeaf('relation', EMPTY, TODAY)).toEqual({ relation: { state: 'active' } })
  })
})

describe('another operator', () => {
  it('keeps a value of the same shape', () => {
    expect(withOp({ attr: 'age', op: 'gt', value: 30 }, 'lte', { kind: 'number', options: [] }, TODAY)).toEqual({
      attr: 'age',
      op: 'lte',
      value: 30,
    })
  })
  it('starts a new value when the shape changes', () => {
    expect(withOp({ attr: 'city', op: 'eq', value: '杭州' }, 'in', CITY, TODAY).value).toEqual(['上海'])
    expect(withOp({ attr: 'age', op: 'gt', value: 30 }, 'between', { kind: 'number', options: [] }, TODAY).value).toEqual([
      1, 1,
    ])
  })
  it('takes no value when it only asks whether there is one', () => {
    expect(withOp({ attr: 'city', op: 'eq', value: '杭州' }, 'missing', CITY, TODAY)).toEqual({ attr: 'city', op: 'missing' })
  })
})

describe('a change', () => {
  it('starts its comparison anew in another kind', () => {
    const fell = { change: { event: 'order_paid', within: '30d' }, by: 'rate', op: 'lte', value: -0.5 }
    expect(withChangeKind(fell, 'number', 'number')).toEqual(fell)
    expect(withChangeKind(fell, 'number', 'money')).toEqual({ ...fell, op: 'lte', value: '0' })
  })
})

describe('a measure', () => {
  it('is a count unless written', () => expect(measureOf({ event: 'x' })).toEqual({ fn: 'count', prop: null }))
  it('answers in the kind of what it measures', () => {
    expect(measuredKind({ fn: 'sum', prop: 'amount' }, [AMOUNT])).toBe('money')
    expect(measuredKind({ fn: 'distinct', prop: 'store' }, [STORE])).toBe('number')
    expect(measuredKind({ fn: 'last', prop: null }, [])).toBe('date')
  })
  it('is offered only where it makes sense', () => {
    const offered = measuresFor([STORE]).filter(({ prop }) => prop === 'store')
    expect(offered.map(({ fn }) => fn)).toEqual(['distinct', 'first', 'last'])
  })
  it('of another kind starts a new comparison, of the same kind keeps it', () => {
    const counted = { event: 'order_paid', within: '90d', op: 'gte', value: 2 }
    expect(withMeasure(counted, { fn: 'sum', prop: 'amount' }, [AMOUNT], TODAY)).toEqual({
      event: 'order_paid',
      within: '90d',
      measure: { sum: 'amount' },
      op: 'gte',
      value: '100',
    })
    expect(withMeasure(counted, { fn: 'days_since_last', prop: null }, [], TODAY)).toEqual({
      ...counted,
      measure: 'days_since_last',
    })
    expect(withMeasure({ ...counted, measure: 'active_days' }, { fn: 'count', prop: null }, [], TODAY)).toEqual(counted)
  })
})
