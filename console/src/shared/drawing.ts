export type SeriesColour = 'green' | 'greenMid' | 'ochre' | 'brick' | 'blue' | 'faint'

/** What a chart draws, free of any library: categories along one axis, series with a meaning-bearing colour. */
export interface Drawing {
  kind: 'line' | 'bar' | 'stacked'
  /** Lines of amounts are read by their height too: the axis begins at zero. */
  fromZero?: boolean
  /** What is counted has no halves: people, orders. */
  whole?: boolean
  /** Bars lie on their side when categories have long names. */
  sideways?: boolean
  categories: string[]
  series: { name: string; colour: SeriesColour; values: (number | null)[]; dashed?: boolean }[]
  /** A number on the value axis and in the tooltip. */
  say: (value: number) => string
}

export interface DrawingHandle {
  png: () => string | null
}
