import { minorPerMajor } from '../../shared/numbers'

/** Minor units as conditions write money: 12345 → "123.45". */
function written(minor: number, currency: string): string {
  const per = minorPerMajor(currency)
  return (minor / per).toFixed(Math.round(Math.log10(per)))
}

/**
 * The address of the customer list that shows those with a value from `least` up to just under `below`
 * (the least value of the tenth above; null for the highest).
 */
export function membersOf(least: number, below: number | null, currency: string): string {
  const from = { attr: 'value.clv', op: 'gte', value: written(least, currency) }
  const condition =
    below === null || below === least ? from : { all: [from, { attr: 'value.clv', op: 'lt', value: written(below, currency) }] }
  return `/customers?condition=${encodeURIComponent(JSON.stringify(condition))}`
}
