import { describe, expect, it } from 'vitest'
import type { Definition } from './definition'
import { waysOf } from './kinds'
import { GAP_Y, isEnd, layoutOf, NODE_HEIGHT, NODE_WIDTH, START } from './layout'

const TRIGGERS = [{ event: 'friend_added' }]
const message = (id: string, next?: string) => ({ id, message: { text: id }, ...(next ? { next } : {}) })

function journey(steps: Definition['steps']): Definition {
  return { key: 'x', name: 'x', triggers: TRIGGERS, steps }
}

describe('ways out of a step', () => {
  it('lead to the next step, or to the end after the last', () => {
    const plain = journey([message('a'), message('b')])
    expect(waysOf(plain, 0)).toEqual([{ to: 'b', label: '', otherwise: false }])
    expect(waysOf(plain, 1)).toEqual([{ to: 'end', label: '', otherwise: false }])
  })
  it('of a branch are its paths and the rest', () => {
    const branching = journey([
      { id: 'q', branch: [{ if: {}, go: 'b', name: '已下单' }] },
      message('a', 'end'),
      message('b'),
    ])
    expect(waysOf(branching, 0)).toEqual([
      { to: 'b', label: '已下单', otherwise: false },
      { to: 'a', label: '', otherwise: true },
    ])
  })
  it('of an exit are none', () => expect(waysOf(journey([{ id: 'x', exit: {} }]), 0)).toEqual([]))
})

describe('layout', () => {
  it('puts a line of steps in one column', () => {
    const { nodes } = layoutOf(journey([message('a'), message('b')]))
    expect(nodes.map(({ id }) => id).sort()).toEqual(['a', 'b', 'end:b:0', START])
    expect(new Set(nodes.map(({ x }) => x))).toEqual(new Set([0]))
    const y = Object.fromEntries(nodes.map((node) => [node.id, node.y]))
    expect([START, 'a', 'b', 'end:b:0'].map((id) => y[id])).toEqual(
      [0, 1, 2, 3].map((rank) => rank * (NODE_HEIGHT + GAP_Y)),
    )
  })

  it('puts branches side by side below their parent, the parent in the middle', () => {
    const { nodes } = layoutOf(
      journey([
        { id: 'q', branch: [{ if: {}, go: 'b' }] },
        { id: 'a', exit: {} },
        { id: 'b', exit: {} },
      ]),
    )
    const at = Object.fromEntries(nodes.map((node) => [node.id, node]))
    expect(at.a?.y).toBe(at.b?.y)
    expect(Math.abs((at.a?.x ?? 0) - (at.b?.x ?? 0))).toBeGreaterThanOrEqual(NODE_WIDTH)
    expect(at.q?.x).toBe(((at.a?.x ?? 0) + (at.b?.x ?? 0)) / 2)
  })

  it('puts a step where branches meet below the longest of them', () => {
    const { nodes } = layoutOf(
      journey([{ id: 'q', branch: [{ if: {}, go: 'z' }] }, message('a'), message('b'), message('z')]),
    )
    const y = Object.fromEntries(nodes.map((node) => [node.id, node.y]))
    expect(y.z).toBeGreaterThan(y.b ?? 0)
  })

  it('ends even when a step leads back', () => {
    const { nodes, edges } = layoutOf(journey([message('a'), message('b', 'a')]))
    expect(nodes.map(({ id }) => id).sort()).toEqual(['a', 'b', START])
    expect(edges).toContainEqual({ from: 'b', to: 'a', label: '', otherwise: false, nth: 0 })
    expect(edges.some(({ to }) => isEnd(to))).toBe(false)
  })

  it('leads from the start to the end where there is no step yet', () => {
    const { nodes, edges } = layoutOf(journey([]))
    expect(nodes.map(({ id }) => id).sort()).toEqual(['end:start:0', START])
    expect(edges).toEqual([{ from: START, to: 'end:start:0', label: '', otherwise: false, nth: 0 }])
  })

  it('shows what nothing leads to beside the rest', () => {
    const { nodes } = layoutOf(journey([message('a', 'end'), message('island'), message('b')]))
    const at = Object.fromEntries(nodes.map((node) => [node.id, node]))
    expect(Object.keys(at)).toContain('b')
    expect([at.island?.y, at.b?.y]).toEqual([1, 2].map((rank) => rank * (NODE_HEIGHT + GAP_Y)))
    expect(at.island?.x).toBeGreaterThan(at.a?.x ?? 0)
  })

  it('never places two nodes on the same spot', () => {
    const { nodes } = layoutOf(
      journey([
        { id: 's', split: [{ key: 'a', share: 50, go: 'a' }, { key: 'b', share: 50, go: 'b' }] },
        { id: 'a', branch: [{ if: {}, go: 'c' }] },
        { id: 'b', branch: [{ if: {}, go: 'd' }], next: 'end' },
        message('c', 'end'),
        message('d', 'end'),
      ]),
    )
    expect(new Set(nodes.map(({ x, y }) => `${x},${y}`)).size).toBe(nodes.length)
  })
})
