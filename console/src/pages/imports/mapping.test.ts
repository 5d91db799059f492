import { describe, expect, it } from 'vitest'
import { addMeaning, changeMeaning, exampleOf, meaningsOf, originOf, removeMeaning, withOrigin, writtenIn } from './mapping'
import type { Mapping, Preview } from './Setup'

const mapping = {
  fields: { order_no: 'till', status: 'state', amount: 'paid' },
  constants: { shop: 's' },
  generated: [],
  values: {},
} as unknown as Mapping
const shape = {
  columns: ['store', 'till', 'state', 'paid'],
  rows: [
    ['静安', '7', '已付', '12.00'],
    ['徐汇', '8', '已取消', '8.00'],
    ['徐汇', '9', '已付', ''],
  ],
} as unknown as Preview

describe('where a field comes from', () => {
  it('is one column, several together, the whole row, a constant or nowhere', () => {
    expect(originOf(mapping, 'order_no')).toEqual({ columns: ['till'] })
    expect(originOf(mapping, 'shop')).toEqual({ constant: 's' })
    expect(originOf(mapping, 'line')).toBeNull()
    const joined = withOrigin(mapping, 'order_no', { columns: ['store', 'till'] })
    expect(joined.fields.order_no).toEqual(['store', 'till'])
    expect(exampleOf(joined, 'order_no', shape)).toBe('静安|7')
  })
  it('is one of them only', () => {
    const made = withOrigin(mapping, 'order_no', { generated: true })
    expect([made.fields.order_no, made.generated]).toEqual([undefined, ['order_no']])
    const again = withOrigin(made, 'order_no', { columns: ['till'] })
    expect([again.fields.order_no, again.generated]).toEqual(['till', []])
    const fixed = withOrigin(again, 'order_no', { constant: 'x' })
    expect([fixed.fields.order_no, fixed.constants]).toEqual([undefined, { shop: 's', order_no: 'x' }])
    expect(withOrigin(fixed, 'order_no', null).constants).toEqual({ shop: 's' })
    expect(withOrigin(mapping, 'order_no', { columns: [] }).fields.order_no).toBeUndefined()
  })
})

describe('what the file writes', () => {
  it('is offered from the rows shown, each word once', () => {
    expect(writtenIn(shape, mapping, 'status')).toEqual(['已付', '已取消'])
    expect(writtenIn(shape, withOrigin(mapping, 'status', { columns: ['store', 'state'] }), 'status')).toEqual([])
  })
  it('gets its meaning line by line', () => {
    const two = addMeaning(addMeaning(mapping, shape), shape)
    expect(meaningsOf(two)).toEqual([
      { field: 'status', written: '已付', meaning: 'paid' },
      { field: 'status', written: '已取消', meaning: 'paid' },
    ])
    const changed = changeMeaning(two, 1, { meaning: 'cancelled' })
    expect(changed.values).toEqual({ status: { 已付: 'paid', 已取消: 'cancelled' } })
    expect(removeMeaning(changed, 0).values).toEqual({ status: { 已取消: 'cancelled' } })
  })
})
