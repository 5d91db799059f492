interface Node {
  key: string
  parent: string | null
  now: number | null
  before: number | null
}

/**
 * The leaf that explains most of the change of a product tree in its direction: since the whole is a product, the
 * logarithms of the leaves' ratios add up to that of the whole. Summands (new and returning buyers) count by their
 * weight in their parent. Null when the whole did not fall.
 */
export function biggestDrag(nodes: readonly Node[]): string | null {
  const root = nodes.find(({ parent }) => parent === null)
  if (root?.now == null || root.before == null || root.now >= root.before) return null
  const parents = new Set(nodes.map(({ parent }) => parent))
  const drags = nodes
    .filter(({ key }) => !parents.has(key))
    .map((node) => ({ key: node.key, drag: logRatio(node) * weightOf(node, nodes) }))
    .filter(({ drag }) => drag < 0)
    .sort((a, b) => a.drag - b.drag)
  return drags[0]?.key ?? null
}

function logRatio({ now, before }: Node): number {
  return now != null && before != null && now > 0 && before > 0 ? Math.log(now / before) : 0
}

/** How much of `buyers` a branch below it makes up; 1 for factors that multiply. */
function weightOf(node: Node, nodes: readonly Node[]): number {
  let weight = 1
  let here: Node | undefined = node
  while (here) {
    const parentKey: string | null = here.parent
    const parent: Node | undefined = nodes.find(({ key }) => key === parentKey)
    if (parent?.key === 'buyers' && parent.before) weight *= (here.before ?? 0) / parent.before
    here = parent
  }
  return weight
}
