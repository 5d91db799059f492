import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useHouse } from '../../api/session'
import { ConditionFilter } from '../../conditions/ConditionFilter'
import type { Condition } from '../../conditions/tree'
import { useFormat } from '../../shared/format'
import { Labelled } from '../../shared/Labelled'
import { GRAINS, parsed, pick, type MetricCatalog } from './question'

export const PERIODS = ['7d', '30d', '90d', '365d', 'this_month', 'last_month', 'this_quarter', 'last_quarter', 'this_year', 'last_year'] as const

export function useMetricCatalog() {
  return api.useQuery('get', '/api/insight/metrics/catalog', undefined, { staleTime: 60_000 })
}

/** A window by name, or two days. In the address: "90d", or "2026-01-01..2026-03-31". */
export function PeriodPick({ value, onChange }: { value: string; onChange: (next: string) => void }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const today = format.day(useHouse().now)
  const [from, to] = value.includes('..') ? value.split('..') : [undefined, undefined]
  const custom = from !== undefined && to !== undefined
  return (
    <>
      <Labelled label={t('period')}>
        <Select
          aria-label={t('period')}
          value={custom ? 'custom' : value}
          style={{ width: 130 }}
          onChange={(next) => onChange(next === 'custom' ? `${today.slice(0, 8)}01..${today}` : next)}
          options={[...PERIODS.map((each) => ({ value: each, label: t(`periods.${each}`) })), { value: 'custom', label: t('periods.custom') }]}
        />
      </Labelled>
      {custom && (
        <>
          <Labelled label={t('from')}>
            <Input type="date" aria-label={t('from')} value={from} max={to} style={{ width: 150 }}
              onChange={(event) => event.target.value !== '' && onChange(`${event.target.value}..${to}`)} />
          </Labelled>
          <Labelled label={t('to')}>
            <Input type="date" aria-label={t('to')} value={to} min={from} max={today} style={{ width: 150 }}
              onChange={(event) => event.target.value !== '' && onChange(`${from}..${event.target.value}`)} />
          </Labelled>
        </>
      )}
    </>
  )
}

/** Dimensions to choose from, opened by what may stand behind the colon; `able`: those the measures share. */
export function dimensionOptions(catalog: MetricCatalog, able: readonly string[], format: ReturnType<typeof useFormat>) {
  return catalog.dimensions
    .filter(({ key }) => able.includes(key))
    .flatMap((dimension) =>
      dimension.takes === null
        ? [{ value: dimension.key, label: pick(format, dimension.name) }]
        : dimension.options.map((option) => ({
            value: `${dimension.key}:${option.key}`,
            label: `${pick(format, dimension.name)} · ${pick(format, option.name)}`,
          })),
    )
}

/** The dimensions every one of these measures can be cut by. */
export function sharedCuts(catalog: MetricCatalog, measures: readonly string[]): string[] {
  const chosen = catalog.measures.filter(({ key }) => measures.includes(key))
  const absent = catalog.dimensions.filter((each) => each.absent !== null).map(({ key }) => key)
  return catalog.dimensions
    .map(({ key }) => key)
    .filter((key) => !absent.includes(key) && chosen.every(({ cuts }) => cuts.includes(key)))
}

/** What people can be told apart by. */
export function peopleCuts(catalog: MetricCatalog): string[] {
  return sharedCuts(catalog, ['users']).filter((key) => !GRAINS.includes(key))
}

/** An event of the house by name. */
export function EventPick({ label, value, onChange }: { label: string; value: string; onChange: (next: string) => void }) {
  const format = useFormat()
  const fields = api.useQuery('get', '/api/insight/catalog', undefined, { staleTime: 60_000 })
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={onChange}
      showSearch={{ optionFilterProp: 'label' }}
      style={{ minWidth: 140 }}
      options={fields.data?.events.map((each) => ({ value: each.key, label: format.named(each) }))}
    />
  )
}

/** Whom a question is about, as the condition stands in the address: JSON, empty for everybody. */
export function WherePick({ value, onChange }: { value: string; onChange: (next: string) => void }) {
  return (
    <ConditionFilter
      key={value}
      condition={parsed(value) as Condition | null}
      onChange={(next) => onChange(next === null ? '' : JSON.stringify(next))}
    />
  )
}
