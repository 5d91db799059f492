import { AutoComplete, Button, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { addMeaning, changeMeaning, isText, meaningsOf, removeMeaning, writtenIn } from './mapping'
import type { Mapping, Preview } from './Setup'

interface Part {
  mapping: Mapping
  onChange: (mapping: Mapping) => void
}

/** Further columns by name: the attributes of a customer, the properties of an event. */
export function MoreColumns({ what, shape, mapping, onChange }: Part & { what: 'attributes' | 'properties'; shape: Preview }) {
  const { t } = useTranslation('imports')
  const format = useFormat()
  const declared = api.useQuery('get', '/api/people/attributes', undefined, { enabled: what === 'attributes' })
  const pairs = Object.entries(mapping[what])
  const set = (next: [string, string][]) => onChange({ ...mapping, [what]: Object.fromEntries(next) })
  const keys = declared.data?.map((each) => ({ value: each.key, label: format.named(each) })) ?? []
  const free = shape.columns.filter((column) => !pairs.some(([, taken]) => taken === column))
  const add = () => {
    const column = free[0] ?? ''
    const key = what === 'properties' ? column : keys.find(({ value }) => !(value in mapping.attributes))?.value
    if (key !== undefined) set([...pairs, [key, column]])
  }
  if (what === 'attributes' && keys.length === 0) return null
  return (
    <Card title={t(`setup.${what}`)} why={t(`setup.${what}Why`)}>
      {pairs.map(([key, column], n) => (
        <div className="table-bar" key={n} role="group" aria-label={t(`setup.${what}Nth`, { n: n + 1 })}>
          {what === 'attributes' ? (
            <Select
              aria-label={t('setup.attribute')}
              style={{ width: 200 }}
              value={key}
              options={keys}
              onChange={(next: string) => set(pairs.with(n, [next, column]))}
            />
          ) : (
            <Input
              aria-label={t('setup.property')}
              style={{ width: 200 }}
              value={key}
              onChange={(event) => set(pairs.with(n, [event.target.value, column]))}
            />
          )}
          <Select
            showSearch
            aria-label={t('setup.column')}
            style={{ width: 220 }}
            value={column}
            options={shape.columns.map((value) => ({ value }))}
            onChange={(next: string) => set(pairs.with(n, [key, next]))}
          />
          <Button onClick={() => set(pairs.toSpliced(n, 1))}>{t('act.remove', { ns: 'common' })}</Button>
        </div>
      ))}
      <Button onClick={add}>{t(`setup.${what}Add`)}</Button>
    </Card>
  )
}

const STATUSES = ['paid', 'created', 'cancelled'] as const

/** What the file writes and what it means: 已付款 is paid. */
export function Meanings({ shape, mapping, onChange }: Part & { shape: Preview }) {
  const { t } = useTranslation('imports')
  const fields = Object.keys(mapping.fields).filter(isText)
  if (fields.length === 0) return null
  const rows = meaningsOf(mapping)
  const options = fields.map((value) => ({ value, label: t(`fieldOf.${value as 'status'}`, { defaultValue: value }) }))
  return (
    <Card title={t('setup.values')} why={t('setup.valuesWhy')}>
      {rows.map((row, n) => (
        <div className="table-bar" key={n} role="group" aria-label={t('setup.valuesNth', { n: n + 1 })}>
          <Select
            aria-label={t('setup.field')}
            style={{ width: 140 }}
            value={row.field}
            options={options}
            onChange={(field: string) => onChange(changeMeaning(mapping, n, { field }))}
          />
          <AutoComplete
            aria-label={t('setup.written')}
            placeholder={t('setup.written')}
            style={{ width: 200 }}
            value={row.written}
            options={writtenIn(shape, mapping, row.field).map((value) => ({ value }))}
            onChange={(written: string) => onChange(changeMeaning(mapping, n, { written }))}
          />
          {t('setup.means')}
          {row.field === 'status' ? (
            <Select
              aria-label={t('setup.meaning')}
              style={{ width: 160 }}
              value={row.meaning}
              options={STATUSES.map((value) => ({ value, label: t(`statusOf.${value}`) }))}
              onChange={(meaning: string) => onChange(changeMeaning(mapping, n, { meaning }))}
            />
          ) : (
            <Input
              aria-label={t('setup.meaning')}
              style={{ width: 160 }}
              value={row.meaning}
              onChange={(event) => onChange(changeMeaning(mapping, n, { meaning: event.target.value }))}
            />
          )}
          <Button onClick={() => onChange(removeMeaning(mapping, n))}>{t('act.remove', { ns: 'common' })}</Button>
        </div>
      ))}
      <Button onClick={() => onChange(addMeaning(mapping, shape))}>{t('setup.valuesAdd')}</Button>
    </Card>
  )
}
