import { useTranslation } from 'react-i18next'

interface Props {
  point: number
  low: number
  high: number
  /** The scale shared by all rows of one table; it always contains zero. */
  scale: readonly [number, number]
  say: (value: number) => string
  width?: number
}

/** The scale that holds every interval of a table and zero, with a little air. */
export function scaleOf(intervals: readonly { low: number; high: number }[]): [number, number] {
  const low = Math.min(0, ...intervals.map((each) => each.low))
  const high = Math.max(0, ...intervals.map((each) => each.high))
  const air = (high - low || 1) * 0.05
  return [low - air, high + air]
}

/** What the interval says about zero: the only three verdicts a reader needs. */
export function verdictOf(low: number, high: number): 'good' | 'bad' | 'mute' {
  return low > 0 ? 'good' : high < 0 ? 'bad' : 'mute'
}

/** A point with its interval against the zero line. Colour says the verdict; the sentence beside it says it again. */
export function Interval({ point, low, high, scale, say, width = 200 }: Props) {
  const { t } = useTranslation()
  const x = (value: number) => ((value - scale[0]) / (scale[1] - scale[0])) * width
  const verdict = verdictOf(low, high)
  const colour = `var(--${verdict === 'good' ? 'green' : verdict === 'bad' ? 'brick' : 'faint'})`
  const sentence = t('chart.interval', { point: say(point), low: say(low), high: say(high) })
  return (
    <svg width={width} height={18} role="img" aria-label={sentence}>
      <title>{sentence}</title>
      <line x1={x(0)} x2={x(0)} y1={0} y2={18} stroke="var(--ink)" />
      <line x1={x(low)} x2={x(high)} y1={9} y2={9} stroke={colour} strokeWidth={2} />
      <circle cx={x(point)} cy={9} r={4} fill={colour} />
    </svg>
  )
}
