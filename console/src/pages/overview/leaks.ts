import type { components } from '../../api/schema'

type Overview = Pick<components['schemas']['Overview'], 'metrics' | 'tree' | 'sops' | 'costed_gmv_minor'>

/** Something that cost money in the period. `minor` is how much; `code` names the sentence that says it. */
export type Leak =
  | { code: 'sop'; journey: string; zh: string; en: string; minor: number }
  | { code: 'refunds' | 'margin' | 'aov' | 'first_orders'; now: number; before: number; minor: number }

const SHOWN = 3

/**
 * Where money runs out, the biggest first: SOPs that lose against their control, and rates that fell against the
 * period before, each priced with this period's volume (what it would have been at the old rate, less what it is).
 */
export function leaksOf(data: Overview): Leak[] {
  const metric = (key: string) => data.metrics.find((each) => each.key === key)
  const node = (key: string) => data.tree.find((each) => each.key === key)
  const gmv = metric('gmv')?.now.value ?? 0
  const sops = data.sops
    .filter(({ verdict }) => verdict.code === 'loss')
    .map(({ journey, zh, en, figures }): Leak => {
      const total = figures.find(({ key }) => key === 'profit')?.total
      return { code: 'sop', journey, zh, en, minor: -(total?.value ?? 0) }
    })
  const priced: (Leak | null)[] = [
    fall('refunds', metric('refund_rate'), -gmv),
    fall('margin', metric('margin_rate'), data.costed_gmv_minor),
    fall('aov', node('aov'), metric('orders')?.now.value ?? 0),
    fall('first_orders', node('first_order_rate'), (node('customers_new')?.now.value ?? 0) * (node('aov')?.now.value ?? 0)),
  ]
  return [...sops, ...priced.filter((leak) => leak !== null)]
    .filter(({ minor }) => minor > 0)
    .sort((a, b) => b.minor - a.minor)
    .slice(0, SHOWN)
}

interface Compared {
  now: { value: number | null }
  before: { value: number | null }
}

function fall(code: 'refunds' | 'margin' | 'aov' | 'first_orders', found: Compared | undefined, times: number): Leak | null {
  const now = found?.now.value
  const before = found?.before.value
  return now == null || before == null ? null : { code, now, before, minor: Math.round((before - now) * times) }
}
