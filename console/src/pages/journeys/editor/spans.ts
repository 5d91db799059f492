export type Unit = 'd' | 'h' | 'm'

const MINUTES: Record<Unit, number> = { d: 1440, h: 60, m: 1 }

/** "1d12h" as a number of the largest unit that tells it exactly: 36 hours. Nothing where nothing is written. */
export function unitOf(span: string): { n: number | null; unit: Unit } {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?$/.exec(span)
  if (!parts || span === '') return { n: null, unit: 'd' }
  const minutes = (['d', 'h', 'm'] as const).reduce((sum, unit, at) => sum + Number(parts[at + 1] ?? 0) * MINUTES[unit], 0)
  const unit = (['d', 'h', 'm'] as const).find((each) => minutes % MINUTES[each] === 0) ?? 'm'
  return { n: minutes / MINUTES[unit], unit }
}

export function spanOf(n: number, unit: Unit): string {
  return `${n}${unit}`
}
