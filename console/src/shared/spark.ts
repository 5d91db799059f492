const MARGIN = 2

/** The line through these values in a box: lowest at the bottom, highest at the top, level in the middle. */
export function sparkPath(values: readonly (number | null)[], width: number, height: number): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return ''
  const low = Math.min(...known)
  const high = Math.max(...known)
  const step = values.length > 1 ? (width - 2 * MARGIN) / (values.length - 1) : 0
  const y = (value: number) =>
    high === low ? height / 2 : height - MARGIN - ((value - low) / (high - low)) * (height - 2 * MARGIN)
  let pen = 'M'
  let path = ''
  values.forEach((value, place) => {
    if (value === null) return
    path += `${pen}${round(MARGIN + place * step)} ${round(y(value))}`
    pen = 'L'
  })
  // A line of one point is a dot.
  return known.length === 1 ? `${path}h1` : path
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
