export const PERIODS = ['7d', '30d', '90d', 'month'] as const
export type PeriodKey = (typeof PERIODS)[number]

/** The business days of a named period that ends today, both ends included. */
export function daysOf(key: PeriodKey, today: string): { from: string; to: string } {
  if (key === 'month') return { from: `${today.slice(0, 8)}01`, to: today }
  const first = new Date(`${today}T00:00:00Z`)
  first.setUTCDate(first.getUTCDate() - (Number.parseInt(key, 10) - 1))
  return { from: first.toISOString().slice(0, 10), to: today }
}
