import { sparkPath } from './spark'

/** A small line without axes: how something went, beside its number. Days before the first value are left empty. */
export function Sparkline({
  values,
  label,
  width = 96,
  height = 24,
}: {
  values: readonly (number | null)[]
  label: string
  width?: number
  height?: number
}) {
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path d={sparkPath(values, width, height)} fill="none" stroke="var(--green)" strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  )
}
