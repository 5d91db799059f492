import type { components } from '../../api/schema'
import type { Drawing, SeriesColour } from '../../shared/drawing'
import type { Format } from '../../shared/format'

export type Ask = components['schemas']['AskIn']
export type Answer = components['schemas']['AnswerOut']
export type Level = components['schemas']['LevelOut']
export type Measure = components['schemas']['MeasureOut']
export type MetricCatalog = components['schemas']['MetricCatalog']
export type Chart = components['schemas']['ChartOut']
export type Dashboard = components['schemas']['DashboardSpec']
export type Shape = 'line' | 'bar' | 'table'
type Row = Answer['rows'][number]
type Said = components['schemas']['Said']

export const GRAINS = ['day', 'week', 'month', 'quarter', 'year']
const COLOURS: SeriesColour[] = ['green', 'blue', 'ochre', 'greenMid', 'brick', 'faint']
/** More lines than this cannot be told apart. */
export const MOST_SERIES = 6
export const MOST_BARS = 30

export function pick(format: Pick<Format, 'language'>, said: Said): string {
  return format.language === 'en' ? said.en : said.zh
}

/** A level in its measure's unit: ¥93.1万, 4,217 人, 5.2%, 1.31. */
export function sayLevel(format: Format, unit: Measure['unit'], value: number | null): string {
  switch (unit) {
    case 'minor':
      return format.money(value)
    case 'people':
      return format.people(value)
    case 'rate':
      return format.rate(value)
    case 'times':
      return format.count(value, 2)
    case 'orders':
    case 'pieces':
    case 'relations':
    case 'touches':
      return format.count(value)
  }
}

export function sayChange(format: Format, unit: Measure['unit'], now: number | null, before: number | null): string {
  return unit === 'rate' ? format.points(now, before) : format.change(now, before)
}

/** What a value of a dimension is called; facts without one are called `none`. */
export function valueName(answer: Pick<Answer, 'labels'>, dimension: string, value: string | null | undefined, format: Format, none: string): string {
  if (value === null || value === undefined) return none
  const label = answer.labels[dimension]?.[value]
  return label ? pick(format, label) : value
}

/** The other dimensions of a row in one name: 包裹卡 · 林晓. */
export function cellName(answer: Answer, row: Row, format: Format, none: string): string {
  return answer.by
    .filter((key) => !GRAINS.includes(key))
    .map((key) => valueName(answer, key, row.by[key], format, none))
    .join(' · ')
}

/**
 * The chart of an answer. By time: one line per cell of the first measure, the largest six, or one per measure of the
 * same unit when time is the only cut. Otherwise: bars by cell, a series per measure of the first one's unit.
 */
export function drawingOf(answer: Answer, shape: Shape, format: Format, none: string): Drawing | null {
  const first = answer.measures[0]
  if (shape === 'table' || first === undefined || answer.by.length === 0 || answer.rows.length === 0) return null
  const alike = answer.measures.filter(({ unit }) => unit === first.unit).slice(0, MOST_SERIES)
  const say = (value: number) => sayLevel(format, first.unit, value)
  const grain = answer.by.find((key) => GRAINS.includes(key))
  const kind = shape === 'line' && grain !== undefined ? ('line' as const) : ('bar' as const)
  if (grain === undefined) {
    const rows = answer.rows.slice(0, MOST_BARS)
    const series = alike.map((measure, at) => ({
      name: pick(format, measure.name),
      colour: COLOURS[at] ?? 'faint',
      values: rows.map((row) => row.now[measure.key]?.value ?? null),
    }))
    return { kind: 'bar', sideways: true, categories: rows.map((row) => cellName(answer, row, format, none)), series, say }
  }
  const times = [...new Set(answer.rows.map((row) => row.by[grain] ?? ''))]
  if (answer.by.length === 1) {
    const series = alike.map((measure, at) => ({
      name: pick(format, measure.name),
      colour: COLOURS[at] ?? 'faint',
      values: answer.rows.map((row) => row.now[measure.key]?.value ?? null),
    }))
    return { kind, categories: times, series, say }
  }
  const names = largest(answer, first.key, format, none)
  const series = names.map((name, at) => ({
    name,
    colour: COLOURS[at] ?? 'faint',
    values: times.map((time) => {
      const row = answer.rows.find((each) => each.by[grain] === time && cellName(answer, each, format, none) === name)
      return row?.now[first.key]?.value ?? null
    }),
  }))
  return { kind, categories: times, series, say }
}

function largest(answer: Answer, measure: string, format: Format, none: string): string[] {
  const sums = new Map<string, number>()
  for (const row of answer.rows) {
    const name = cellName(answer, row, format, none)
    sums.set(name, (sums.get(name) ?? 0) + Math.abs(row.now[measure]?.value ?? 0))
  }
  return [...sums.entries()]
    .sort((one, other) => other[1] - one[1])
    .slice(0, MOST_SERIES)
    .map(([name]) => name)
}

export interface Kept {
  measures: string
  by: string
  period: string
  where: string
  shape: string
  compare: string
}

export const FRESH: Kept = { measures: 'gmv', by: 'day', period: '30d', where: '', shape: 'line', compare: '' }

export function words(text: string): string[] {
  return text.split(',').filter((each) => each !== '')
}

export function parsed(text: string): Record<string, unknown> | null {
  if (text === '') return null
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** The question an address asks. A period is a window's name, or two days with ".." between. */
export function askOf(kept: Kept): Ask {
  const where = parsed(kept.where)
  return {
    measures: words(kept.measures),
    by: words(kept.by),
    ...periodOf(kept.period),
    ...(where ? { where: where } : {}),
    compare: kept.compare === 'yes',
    limit: 1000,
  }
}

export function periodOf(period: string): { period: string } | { from: string; to: string } {
  const [from, to] = period.split('..')
  return from && to ? { from, to } : { period }
}

/** The address that asks a saved question. */
export function keptOf(chart: Pick<Chart, 'question' | 'shape'>): Kept {
  const question = chart.question as unknown as Ask
  return {
    measures: question.measures.join(','),
    by: (question.by ?? []).join(','),
    period: question.from && question.to ? `${question.from}..${question.to}` : (question.period ?? '30d'),
    where: question.where ? JSON.stringify(question.where) : '',
    shape: chart.shape ?? 'line',
    compare: question.compare ? 'yes' : '',
  }
}
