import { END, type Definition } from './definition'
import { waysOf } from './kinds'

export const START = 'start'
export const NODE_WIDTH = 240
export const NODE_HEIGHT = 84
const GAP_X = 40
export const GAP_Y = 40

export interface Placed {
  id: string
  x: number
  y: number
}

export interface Edge {
  from: string
  to: string
  label: string
  otherwise: boolean
  /** Which of the ways out of `from` it is. */
  nth: number
}

export interface Layout {
  nodes: Placed[]
  edges: Edge[]
  width: number
  height: number
}

/**
 * Places a journey top-down: a step stands below everything that leads to it, branches side by side, a parent in
 * the middle over its branches. Each way to the end has an end of its own, so that lines never cross for it.
 */
export function layoutOf(definition: Definition): Layout {
  const edges = edgesOf(definition)
  const ranks = ranksOf(edges, definition)
  const columns = columnsOf(edges, ranks)
  const left = Math.min(...columns.values())
  const nodes = [...columns].map(([id, column]) => ({
    id,
    x: (column - left) * (NODE_WIDTH + GAP_X),
    y: (ranks.get(id) ?? 0) * (NODE_HEIGHT + GAP_Y),
  }))
  return {
    nodes,
    edges,
    width: Math.max(...nodes.map(({ x }) => x)) + NODE_WIDTH,
    height: Math.max(...nodes.map(({ y }) => y)) + NODE_HEIGHT,
  }
}

export function isEnd(id: string): boolean {
  return id.startsWith(`${END}:`)
}

function edgesOf(definition: Definition): Edge[] {
  const first = definition.steps[0]
  const edges: Edge[] = [{ from: START, to: first?.id ?? `${END}:${START}:0`, label: '', otherwise: false, nth: 0 }]
  const known = new Set(definition.steps.map(({ id }) => id))
  definition.steps.forEach((step, at) =>
    waysOf(definition, at).forEach(({ to, label, otherwise }, nth) =>
      edges.push({ from: step.id, to: known.has(to) ? to : `${END}:${step.id}:${nth}`, label, otherwise, nth }),
    ),
  )
  return edges
}

/**
 * The longest way from the start. A way back to an earlier step of the definition does not push it down; what nothing
 * leads to stands below the start, too, so that it can be seen and mended.
 */
function ranksOf(edges: Edge[], definition: Definition): Map<string, number> {
  const order = new Map(definition.steps.map(({ id }, at) => [id, at]))
  const forward = edges.filter(({ from, to }) => isEnd(to) || from === START || (order.get(to) ?? 0) > (order.get(from) ?? 0))
  const ranks = new Map<string, number>([[START, 0]])
  for (const id of [START, ...definition.steps.map((step) => step.id)]) {
    if (!ranks.has(id)) ranks.set(id, 1)
    for (const { from, to } of forward)
      if (from === id) ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1))
  }
  return ranks
}

/** Leaves take one column each from left to right; a parent stands in the middle of its own children. */
function columnsOf(edges: Edge[], ranks: Map<string, number>): Map<string, number> {
  const parentOf = new Map<string, string>()
  for (const { from, to } of edges) {
    const rank = ranks.get(to) ?? 0
    // The parent that stands directly above owns the node; the first one when several do.
    if (!parentOf.has(to) && (ranks.get(from) ?? 0) === rank - 1) parentOf.set(to, from)
  }
  const columns = new Map<string, number>()
  let next = 0
  const place = (id: string): number => {
    const children = [...parentOf].filter(([, parent]) => parent === id).map(([child]) => child)
    const below = children.map(place)
    const column = below.length === 0 ? next++ : (Math.min(...below) + Math.max(...below)) / 2
    columns.set(id, column)
    return column
  }
  place(START)
  for (const id of ranks.keys()) if (!columns.has(id) && !parentOf.has(id)) place(id)
  return columns
}
