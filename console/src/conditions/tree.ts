/**
 * The condition tree while it is being edited: the server's JSON with an id on every node.
 *
 * A group joins its children by all, any or none. `none` is the server's `{"not": …}`: with one child it negates
 * that child, with several it means "none of these".
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Condition = Record<string, Json>
export type Join = 'all' | 'any' | 'none'

export interface LeafNode {
  id: number
  kind: 'leaf'
  body: Condition
}

export interface GroupNode {
  id: number
  kind: 'group'
  join: Join
  children: TreeNode[]
}

export type TreeNode = LeafNode | GroupNode

export interface Tree {
  root: GroupNode
  /** The next free id. */
  next: number
}

export type Edit =
  | { do: 'addLeaf'; group: number; body: Condition }
  | { do: 'addGroup'; group: number; join: Join; body: Condition }
  | { do: 'setLeaf'; id: number; body: Condition }
  | { do: 'setJoin'; id: number; join: Join }
  | { do: 'remove'; id: number }
  | { do: 'load'; condition: Condition | null }

/** Where each node stands in the JSON that was sent, as the server names places: "all[0].not.any[1]". */
export type Places = Map<string, number>

export function emptyTree(): Tree {
  return { root: { id: 1, kind: 'group', join: 'all', children: [] }, next: 2 }
}

/** The tree of a stored condition; the root is always a group. */
export function treeOf(condition: Condition | null): Tree {
  let next = 1
  const read = (json: Condition): TreeNode => {
    const id = next++
    for (const join of ['all', 'any'] as const)
      if (Array.isArray(json[join]))
        return { id, kind: 'group', join, children: json[join].map((child) => read(child as Condition)) }
    if (isCondition(json.not)) {
      const inner = json.not
      const children = Array.isArray(inner.any) ? inner.any : [inner]
      return { id, kind: 'group', join: 'none', children: children.map((child) => read(child as Condition)) }
    }
    return { id, kind: 'leaf', body: json }
  }
  if (condition === null || Object.keys(condition).length === 0) return emptyTree()
  const node = read(condition)
  if (node.kind === 'group') return { root: node, next }
  return { root: { id: next, kind: 'group', join: 'all', children: [node] }, next: next + 1 }
}

function isCondition(value: Json | undefined): value is Condition {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The condition to send, or null when nothing is asked; empty groups are left out. */
export function conditionOf(tree: Tree): { condition: Condition | null; places: Places } {
  const places: Places = new Map()
  const write = (node: TreeNode, place: string): Condition => {
    places.set(place, node.id)
    if (node.kind === 'leaf') return node.body
    const children = node.children.filter(isAsking)
    const here = place === '' ? '' : `${place}.`
    if (node.join !== 'none')
      return { [node.join]: children.map((child, at) => write(child, `${here}${node.join}[${at}]`)) }
    const [only] = children
    if (children.length === 1 && only) return { not: write(only, `${here}not`) }
    places.set(`${here}not`, node.id)
    return { not: { any: children.map((child, at) => write(child, `${here}not.any[${at}]`)) } }
  }
  if (!isAsking(tree.root)) return { condition: null, places }
  const [only, ...others] = tree.root.children.filter(isAsking)
  // A single question needs no group around it.
  if (only && others.length === 0 && tree.root.join !== 'none') return { condition: write(only, ''), places }
  return { condition: write(tree.root, ''), places }
}

function isAsking(node: TreeNode): boolean {
  return node.kind === 'leaf' || node.children.some(isAsking)
}

/** The node a server's place belongs to: the deepest one whose own place it starts with. */
export function nodeAt(place: string, places: Places): number | null {
  let found: number | null = null
  let depth = -1
  for (const [own, id] of places) {
    const inside = own === '' || place === own || place.startsWith(`${own}.`) || place.startsWith(`${own}[`)
    if (inside && own.length > depth) {
      found = id
      depth = own.length
    }
  }
  return found
}

export function edit(tree: Tree, change: Edit): Tree {
  switch (change.do) {
    case 'load':
      return treeOf(change.condition)
    case 'addLeaf':
      return {
        root: withChild(tree.root, change.group, { id: tree.next, kind: 'leaf', body: change.body }),
        next: tree.next + 1,
      }
    case 'addGroup':
      return {
        root: withChild(tree.root, change.group, {
          id: tree.next,
          kind: 'group',
          join: change.join,
          children: [{ id: tree.next + 1, kind: 'leaf', body: change.body }],
        }),
        next: tree.next + 2,
      }
    case 'setLeaf':
      return mapped(tree, change.id, (node) => (node.kind === 'leaf' ? { ...node, body: change.body } : node))
    case 'setJoin':
      return mapped(tree, change.id, (node) => (node.kind === 'group' ? { ...node, join: change.join } : node))
    case 'remove':
      return { ...tree, root: without(tree.root, change.id) }
  }
}

function withChild(group: GroupNode, id: number, child: TreeNode): GroupNode {
  if (group.id === id) return { ...group, children: [...group.children, child] }
  return {
    ...group,
    children: group.children.map((each) => (each.kind === 'group' ? withChild(each, id, child) : each)),
  }
}

function mapped(tree: Tree, id: number, change: (node: TreeNode) => TreeNode): Tree {
  const walk = (node: TreeNode): TreeNode => {
    if (node.id === id) return change(node)
    return node.kind === 'group' ? { ...node, children: node.children.map(walk) } : node
  }
  return { ...tree, root: walk(tree.root) as GroupNode }
}

/** Removing the last child of a group removes the group: an empty box asks nothing. */
function without(group: GroupNode, id: number): GroupNode {
  return {
    ...group,
    children: group.children
      .filter((child) => child.id !== id)
      .map((child) => (child.kind === 'group' ? without(child, id) : child))
      .filter((child) => child.kind === 'leaf' || child.children.length > 0),
  }
}
