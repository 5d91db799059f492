import { describe, expect, it } from 'vitest'
import type { FieldInfo } from './catalogue'
import { groupOf, joinOf, newTest, partsOf, withTest } from './where'

const STORE: FieldInfo = { key: 'store', kind: 'text', name_zh: '门店', name_en: 'store', options: [] }
const WEST = { prop: 'store', op: 'eq', value: '徐汇' }
const EAST = { prop: 'store', op: 'eq', value: '静安' }

describe('tests of an event', () => {
  it('come back from a group as they went in', () => {
    for (const join of ['all', 'any', 'none'] as const)
      for (const parts of [[WEST], [WEST, EAST]]) {
        const group = groupOf(join, parts)
        expect(joinOf(group)).toBe(join)
        expect(partsOf(group)).toEqual(parts)
      }
    expect(groupOf('none', [WEST])).toEqual({ not: WEST })
    expect(joinOf(WEST)).toBeNull()
  })
  it('start with the first property there is', () => {
    expect(newTest([STORE], '2026-11-20')).toEqual({ prop: 'store', op: 'eq', value: '' })
  })
  it('lose a group with its last test', () => {
    expect(withTest([WEST, groupOf('any', [EAST])], 1, groupOf('any', []))).toEqual([WEST])
    expect(withTest([WEST, EAST], 0, null)).toEqual([EAST])
    expect(withTest([WEST], 0, EAST)).toEqual([EAST])
  })
})
