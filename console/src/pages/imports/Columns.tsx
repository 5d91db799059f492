import { Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { components } from '../../api/schema'
import { Card } from '../../shared/Card'
import { exampleOf, isMadeAnyway, mayJoin, originOf, withOrigin, type Origin } from './mapping'
import { Person } from './Person'
import type { Kind, Mapping, Preview } from './Setup'

interface Part {
  mapping: Mapping
  onChange: (mapping: Mapping) => void
}

// What a reader looks for first; fields not named here follow.
const ORDER = ['order_no', 'refund_no', 'product', 'event', 'day', 'ts', 'amount', 'name', 'status', 'shop']

/** Which column is which field, and which columns tell who the person is. */
export function Columns({
  fields,
  shape,
  mapping,
  onChange,
}: Part & { fields: components['schemas']['KindOut']; shape: Preview }) {
  const { t } = useTranslation('imports')
  const [all, setAll] = useState(false)
  const set = (field: string) => originOf(mapping, field) !== null
  const optional = inOrder(fields.optional)
  // What the guess left out stays folded away until it is asked for.
  const rest = optional.filter((field) => !set(field))
  const shown = [...inOrder(fields.required), ...(all ? optional : optional.filter(set))]
  return (
    <Card title={t('setup.columns')} why={t('setup.columnsWhy')}>
      <div className="scroll-x">
        <table className="grid" style={{ maxWidth: 960 }}>
          <thead>
            <tr>
              <th scope="col">{t('setup.field')}</th>
              <th scope="col">{t('setup.column')}</th>
              <th scope="col">{t('setup.example')}</th>
              <th scope="col">{t('setup.constant')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((field) => (
              <Field
                key={field}
                field={field}
                fields={fields}
                shape={shape}
                mapping={mapping}
                onChange={onChange}
              />
            ))}
          </tbody>
        </table>
      </div>
      {!all && rest.length > 0 && (
        <Button type="link" style={{ paddingInline: 8 }} onClick={() => setAll(true)}>
          {t('setup.more', { n: rest.length, names: rest.map((field) => t(`fieldOf.${field}`, { defaultValue: field })).join(t('setup.comma')) })}
        </Button>
      )}
      {fields.personal && <Person columns={shape.columns} mapping={mapping} onChange={onChange} />}
    </Card>
  )
}

function inOrder(fields: string[]): string[] {
  const place = (field: string) => (ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length)
  return [...fields].sort((a, b) => place(a) - place(b))
}

const GENERATED = '\u0000generated'

function Field({
  field,
  fields,
  shape,
  mapping,
  onChange,
}: Part & { field: string; fields: components['schemas']['KindOut']; shape: Preview }) {
  const { t } = useTranslation('imports')
  const required = fields.required.includes(field)
  const origin = originOf(mapping, field)
  const columns = origin !== null && 'columns' in origin ? origin.columns : []
  const isGenerated = origin !== null && 'generated' in origin
  const constant = origin !== null && 'constant' in origin ? origin.constant : ''
  const name = t(`fieldOf.${field}`, { defaultValue: field })
  const set = (next: Origin) => onChange(withOrigin(mapping, field, next))
  const options = [
    ...(fields.generated.includes(field) ? [{ value: GENERATED, label: t('setup.generated') }] : []),
    ...shape.columns.map((value) => ({ value, label: value })),
  ]
  const shared = {
    allowClear: true,
    showSearch: true,
    'aria-label': `${t('setup.column')} ${name}`,
    style: { width: 280 },
    status: required && origin === null ? ('error' as const) : undefined,
    placeholder: t(required ? 'setup.choose' : isMadeAnyway(field) ? 'setup.generated' : 'setup.without'),
    disabled: constant !== '',
    options,
  }
  return (
    <tr>
      <th scope="row">
        {name}
        {required ? ' ★' : ''}
      </th>
      <td>
        {mayJoin(field) ? (
          <Select<string[]>
            {...shared}
            mode="multiple"
            value={isGenerated ? [GENERATED] : columns}
            onChange={(next) => set(next.at(-1) === GENERATED ? { generated: true } : { columns: next.filter((each) => each !== GENERATED) })}
          />
        ) : (
          <Select<string>
            {...shared}
            value={columns[0]}
            onChange={(next?: string) => set(next === undefined ? null : { columns: [next] })}
          />
        )}
      </td>
      <td className="sub">{isGenerated ? t('setup.generatedWhy') : exampleOf(mapping, field, shape) || '—'}</td>
      <td>
        <Input
          aria-label={`${t('setup.constant')} ${name}`}
          style={{ width: 160 }}
          value={constant}
          disabled={columns.length > 0 || isGenerated}
          onChange={(event) => set(event.target.value === '' ? null : { constant: event.target.value })}
        />
      </td>
    </tr>
  )
}

/** What to do about rows that are not as they should be. */
export function Choices({ kind, mapping, onChange }: Part & { kind: Kind }) {
  const { t } = useTranslation('imports')
  const choice = <K extends 'duplicates' | 'negatives' | 'rounding' | 'anonymous'>(
    key: K,
    name: string,
    options: { value: Mapping[K]; label: string }[],
  ) => (
    <label key={key} style={{ display: 'grid', gap: 4 }}>
      <span className="sub">{name}</span>
      <Select<Mapping[K]>
        style={{ width: 190 }}
        value={mapping[key]}
        options={options}
        onChange={(value) => onChange({ ...mapping, [key]: value })}
      />
    </label>
  )
  return (
    <Card title={t('setup.options')}>
      <div className="line" style={{ gap: 16, alignItems: 'end' }}>
        {choice('duplicates', t('setup.duplicates'), [
          { value: 'drop', label: t('setup.duplicatesOf.drop') },
          { value: 'keep', label: t('setup.duplicatesOf.keep') },
        ])}
        {choice('negatives', t('setup.negatives'), [
          { value: 'refund', label: t('setup.negativesOf.refund') },
          { value: 'keep', label: t('setup.negativesOf.keep') },
          { value: 'reject', label: t('setup.negativesOf.reject') },
        ])}
        {choice('rounding', t('setup.rounding'), [
          { value: 'refuse', label: t('setup.roundingOf.refuse') },
          { value: 'half_up', label: t('setup.roundingOf.half_up') },
        ])}
        {choice('anonymous', t('setup.anonymous'), [
          { value: 'reject', label: t('setup.anonymousOf.reject') },
          { value: 'keep', label: t('setup.anonymousOf.keep') },
        ])}
        {kind === 'order_items' && (
          <Checkbox
            checked={mapping.derive_orders}
            onChange={(event) => onChange({ ...mapping, derive_orders: event.target.checked })}
          >
            {t('setup.derive')}
          </Checkbox>
        )}
      </div>
    </Card>
  )
}
