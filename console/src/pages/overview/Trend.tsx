import { useTranslation } from 'react-i18next'
import { DataChart } from '../../shared/DataChart'
import { useFormat } from '../../shared/format'
import type { Overview } from './Overview'

/** GMV day by day, the same days of the period before in grey. */
export function Trend({ data }: { data: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const { daily, before_daily: before } = data
  const today = format.day(data.as_of)
  const sum = (days: Overview['daily']) => days.reduce((total, { gmv_minor: gmv }) => total + gmv, 0)
  const best = daily.reduce<Overview['daily'][number] | null>(
    (most, day) => (most === null || day.gmv_minor > most.gmv_minor ? day : most),
    null,
  )
  const title =
    best === null || best.gmv_minor === 0
      ? t('dailyNone')
      : t('daily', {
          gmv: format.money(sum(daily)),
          change: format.change(sum(daily), sum(before)),
          day: format.dayLong(best.day),
          best: format.money(best.gmv_minor),
        })
  return (
    <DataChart
      title={title}
      why={t('dailyWhy')}
      definition={t('dailyDefinition')}
      name={`gmv-${data.start}-${data.end}`}
      drawing={{
        kind: 'line',
        fromZero: true,
        categories: daily.map(({ day }) => day.slice(5)),
        series: [
          {
            name: t('thisPeriod'),
            colour: 'green',
            // A day that is not over would look like a fall.
            values: daily.map(({ day, gmv_minor: gmv }) => (day === today ? null : gmv)),
          },
          { name: t('periodBefore'), colour: 'faint', dashed: true, values: before.map(({ gmv_minor: gmv }) => gmv) },
        ],
        say: (value) => format.money(value),
      }}
      head={[t('day'), 'GMV', t('orders'), t('buyers'), t('customersNew'), t('dayBefore'), t('gmvBefore')]}
      rows={daily.map((each, at) => [
        each.day,
        format.moneyExact(each.gmv_minor),
        each.orders,
        each.buyers,
        each.customers_new,
        before[at]?.day ?? null,
        format.moneyExact(before[at]?.gmv_minor),
      ])}
      height={220}
    />
  )
}
