import { describe, expect, it } from 'vitest'
import { membersOf } from './members'

const conditionOf = (address: string) =>
  JSON.parse(decodeURIComponent(address.replace('/customers?condition=', ''))) as unknown

describe('membersOf', () => {
  it('asks for the highest tenth from its least value on', () => {
    expect(conditionOf(membersOf(12_345, null, 'CNY'))).toEqual({ attr: 'value.clv', op: 'gte', value: '123.45' })
  })

  it('ends a lower tenth where the one above begins', () => {
    expect(conditionOf(membersOf(500, 12_345, 'CNY'))).toEqual({
      all: [
        { attr: 'value.clv', op: 'gte', value: '5.00' },
        { attr: 'value.clv', op: 'lt', value: '123.45' },
      ],
    })
  })

  it('does not close a tenth upon itself when the one above begins at the same value', () => {
    expect(conditionOf(membersOf(0, 0, 'CNY'))).toEqual({ attr: 'value.clv', op: 'gte', value: '0.00' })
  })

  it('writes money of a currency without minor units as it is', () => {
    expect(conditionOf(membersOf(900, null, 'JPY'))).toEqual({ attr: 'value.clv', op: 'gte', value: '900' })
  })
})
