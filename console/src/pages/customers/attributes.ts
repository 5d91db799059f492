import type { components } from '../../api/schema'
import type { Format } from '../../shared/format'
import { NONE } from '../../shared/numbers'

type Attribute = components['schemas']['AttributeOut']

/** An attribute's value as its kind is read: money from minor units, dates as days, yes and no as marks. */
export function sayAttribute(format: Format, attribute: Pick<Attribute, 'kind'>, value: unknown): string {
  if (value === null || value === undefined || value === '') return NONE
  if (typeof value === 'boolean') return value ? '✓' : '✗'
  if (attribute.kind === 'money' && typeof value === 'number') return format.money(value)
  if (attribute.kind === 'number' && typeof value === 'number') return format.count(value, 2)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value)
}
