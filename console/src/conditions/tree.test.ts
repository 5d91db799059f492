import { describe, expect, it } from 'vitest'
import { conditionOf, edit, emptyTree, nodeAt, treeOf, type Condition } from './tree'

const CITY: Condition = { attr: 'city', op: 'in', value: ['上海'] }
const BOUGHT: Condition = { event: 'order_paid', within: '90d' }
const VIP: Condition = { layer: 'rfm', in: ['champion'] }

describe('a stored condition survives the editor', () => {
  it.each<[string, Condition]>([
    ['one leaf', CITY],
    ['all', { all: [CITY, BOUGHT] }],
    ['nested', { all: [CITY, { any: [BOUGHT, VIP] }] }],
    ['a negated leaf', { all: [CITY, { not: VIP }] }],
    ['none of several', { all: [CITY, { not: { any: [BOUGHT, VIP] } }] }],
    ['a negated all', { all: [CITY, { not: { all: [BOUGHT, VIP] } }] }],
    ['a lone negation', { not: VIP }],
    ['a double negation', { all: [CITY, { not: { not: VIP } }] }],
  ])('%s', (_, condition) => expect(conditionOf(treeOf(condition)).condition).toEqual(condition))

  it('asks nothing when empty', () => {
    expect(conditionOf(emptyTree()).condition).toBeNull()
    expect(conditionOf(treeOf({})).condition).toBeNull()
    expect(conditionOf(treeOf(null)).condition).toBeNull()
  })
})

describe('edits', () => {
  it('adds a leaf and a group with its first leaf', () => {
    let tree = edit(emptyTree(), { do: 'addLeaf', group: 1, body: CITY })
    tree = edit(tree, { do: 'addGroup', group: 1, join: 'none', body: VIP })
    expect(conditionOf(tree).condition).toEqual({ all: [CITY, { not: VIP }] })
  })

  it('adds into a nested group', () => {
    const tree = treeOf({ all: [CITY, { any: [BOUGHT] }] })
    const inner = tree.root.children[1]
    expect(conditionOf(edit(tree, { do: 'addLeaf', group: inner?.id ?? 0, body: VIP })).condition).toEqual({
      all: [CITY, { any: [BOUGHT, VIP] }],
    })
  })

  it('changes one leaf and one join only', () => {
    let tree = treeOf({ all: [CITY, { any: [BOUGHT, VIP] }] })
    const [city, group] = tree.root.children
    tree = edit(tree, { do: 'setLeaf', id: city?.id ?? 0, body: { ...CITY, value: ['杭州'] } })
    tree = edit(tree, { do: 'setJoin', id: group?.id ?? 0, join: 'none' })
    expect(conditionOf(tree).condition).toEqual({
      all: [{ ...CITY, value: ['杭州'] }, { not: { any: [BOUGHT, VIP] } }],
    })
  })

  it('removes a group with its last child', () => {
    const tree = treeOf({ all: [CITY, { any: [{ all: [BOUGHT] }] }] })
    const middle = tree.root.children[1]
    const inner = middle?.kind === 'group' ? middle.children[0] : undefined
    const leaf = inner?.kind === 'group' ? inner.children[0] : undefined
    expect(conditionOf(edit(tree, { do: 'remove', id: leaf?.id ?? 0 })).condition).toEqual(CITY)
  })

  it('never gives two nodes the same id', () => {
    let tree = treeOf({ all: [CITY, BOUGHT] })
    tree = edit(tree, { do: 'addGroup', group: tree.root.id, join: 'any', body: VIP })
    tree = edit(tree, { do: 'addLeaf', group: tree.root.id, body: CITY })
    const ids: number[] = []
    const walk = (node: typeof tree.root | (typeof tree.root.children)[number]) => {
      ids.push(node.id)
      if (node.kind === 'group') node.children.forEach(walk)
    }
    walk(tree.root)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('the place of a fault', () => {
  const tree = treeOf({ all: [CITY, { not: { any: [BOUGHT, VIP] } }] })
  const { places } = conditionOf(tree)
  const group = tree.root.children[1]
  const inner = group?.kind === 'group' ? group.children : []

  it('is the leaf it lies in', () => {
    expect(nodeAt('all[0].value', places)).toBe(tree.root.children[0]?.id)
    expect(nodeAt('all[1].not.any[1].in', places)).toBe(inner[1]?.id)
  })
  it('is the group when no leaf is meant', () => {
    expect(nodeAt('all[1].not', places)).toBe(group?.id)
    expect(nodeAt('', places)).toBe(tree.root.id)
  })
  it('does not take all[1] for all[10]', () => {
    const many = treeOf({ all: Array.from({ length: 11 }, () => CITY) })
    const written = conditionOf(many)
    expect(nodeAt('all[10].op', written.places)).toBe(many.root.children[10]?.id)
  })
  it('of a single leaf without a group is that leaf', () => {
    const single = treeOf(CITY)
    expect(nodeAt('value', conditionOf(single).places)).toBe(single.root.children[0]?.id)
  })
})
