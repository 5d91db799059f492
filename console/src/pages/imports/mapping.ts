import type { Mapping, Preview } from './Setup'

/** Keys a file may spread over several columns: shop and till slip together are the order. */
const JOINED = new Set(['order_no', 'refund_no', 'refund_of', 'line', 'message_id', 'product'])
/** Keys the server makes from the row wherever the file has none. */
const MADE_ANYWAY = new Set(['line', 'message_id'])
const NOT_TEXT = new Set(
  ['ts', 'first_seen', 'updated_at', 'day', 'amount', 'discount', 'cost', 'price', 'qty', 'version', 'life_days'],
)

export const mayJoin = (field: string) => JOINED.has(field)
export const isMadeAnyway = (field: string) => MADE_ANYWAY.has(field)
/** Texts may be translated; numbers and times are read as they stand. */
export const isText = (field: string) => !NOT_TEXT.has(field)

/** Where a field comes from: one column, several together, the whole row, the same for all, or nowhere. */
export type Origin = { columns: string[] } | { generated: true } | { constant: string } | null

export function originOf(mapping: Mapping, field: string): Origin {
  const chosen = mapping.fields[field]
  if (chosen !== undefined) return { columns: Array.isArray(chosen) ? chosen : [chosen] }
  if (mapping.generated.some((each) => each === field)) return { generated: true }
  const constant = mapping.constants[field]
  return constant === undefined ? null : { constant }
}

/** The mapping with this field coming from there and from nowhere else. */
export function withOrigin(mapping: Mapping, field: string, origin: Origin): Mapping {
  const without = <Value>(record: Record<string, Value>) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => key !== field))
  const next: Mapping = {
    ...mapping,
    fields: without(mapping.fields),
    constants: without(mapping.constants),
    generated: mapping.generated.filter((each) => each !== field),
  }
  if (origin === null) return next
  if ('generated' in origin) next.generated = [...next.generated, field as Mapping['generated'][number]]
  else if ('constant' in origin) next.constants = { ...next.constants, [field]: origin.constant }
  else if (origin.columns.length > 0) {
    const [first = ''] = origin.columns
    next.fields = { ...next.fields, [field]: origin.columns.length === 1 ? first : origin.columns }
  }
  return next
}

/** The first row as the field will read it; several columns are joined as the server joins them. */
export function exampleOf(mapping: Mapping, field: string, shape: Preview): string {
  const origin = originOf(mapping, field)
  if (origin === null || !('columns' in origin)) return ''
  return origin.columns.map((column) => shape.rows[0]?.[shape.columns.indexOf(column)] ?? '').join('|')
}

export interface Meaning {
  field: string
  written: string
  meaning: string
}

export function meaningsOf(mapping: Mapping): Meaning[] {
  return Object.entries(mapping.values).flatMap(([field, values]) =>
    Object.entries(values).map(([written, meaning]) => ({ field, written, meaning })),
  )
}

function withMeanings(mapping: Mapping, rows: Meaning[]): Mapping {
  const values: Mapping['values'] = {}
  for (const { field, written, meaning } of rows) values[field] = { ...values[field], [written]: meaning }
  return { ...mapping, values }
}

export function changeMeaning(mapping: Mapping, at: number, part: Partial<Meaning>): Mapping {
  return withMeanings(
    mapping,
    meaningsOf(mapping).map((row, n) => (n === at ? { ...row, ...part } : row)),
  )
}

export function removeMeaning(mapping: Mapping, at: number): Mapping {
  return withMeanings(mapping, meaningsOf(mapping).toSpliced(at, 1))
}

/** One more line: a word of the file that has no meaning yet, of the status before anything else. */
export function addMeaning(mapping: Mapping, shape: Preview): Mapping {
  const fields = Object.keys(mapping.fields).filter(isText)
  const field = fields.includes('status') ? 'status' : (fields[0] ?? '')
  const known = mapping.values[field] ?? {}
  const written = writtenIn(shape, mapping, field).find((word) => !(word in known)) ?? ''
  return withMeanings(mapping, [...meaningsOf(mapping), { field, written, meaning: field === 'status' ? 'paid' : '' }])
}

/** What the rows shown write for a field, each once. */
export function writtenIn(shape: Preview, mapping: Mapping, field: string): string[] {
  const origin = originOf(mapping, field)
  const [column, ...more] = origin !== null && 'columns' in origin ? origin.columns : []
  if (column === undefined || more.length > 0) return []
  const at = shape.columns.indexOf(column)
  return [...new Set(shape.rows.map((row) => row[at] ?? ''))].filter((word) => word !== '')
}
