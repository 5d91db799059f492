import { describe, expect, it } from 'vitest'
import { treeOf, withBelow, type Department } from './org'

const department = (key: string, parent: string | null): Department => ({ key, name: key, parent, path: key, staff_count: 0 })
const TREE = [department('hq', null), department('sales', 'hq'), department('east', 'sales'), department('lab', null)]

describe('departments', () => {
  it('are known with everything below them', () => {
    expect([...withBelow(TREE, 'hq')]).toEqual(['hq', 'sales', 'east'])
    expect([...withBelow(TREE, 'east')]).toEqual(['east'])
  })

  it('are drawn as a tree in the order they come', () => {
    const [hq, lab] = treeOf(TREE)
    expect([hq?.key, lab?.key]).toEqual(['hq', 'lab'])
    expect(hq?.children.map(({ key }) => key)).toEqual(['sales'])
    expect(hq?.children[0]?.children.map(({ key }) => key)).toEqual(['east'])
    expect(lab?.children).toEqual([])
  })
})
