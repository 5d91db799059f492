import { expect, it } from 'vitest'
import { spanOf, unitOf } from './spans'

it.each([
  ['3d', 3, 'd'],
  ['1d12h', 36, 'h'],
  ['90m', 90, 'm'],
  ['120m', 2, 'h'],
  ['48h', 2, 'd'],
  ['1d1m', 1441, 'm'],
  ['', null, 'd'],
  ['soon', null, 'd'],
])('%s is a number of one unit', (span, n, unit) => {
  expect(unitOf(span)).toEqual({ n, unit })
})

it('is written as the server reads it', () => {
  expect(spanOf(36, 'h')).toBe('36h')
})
