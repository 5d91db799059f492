import { useTranslation } from 'react-i18next'
import { DataChart } from '../../shared/DataChart'
import { useFormat } from '../../shared/format'

/** The size of an audience day by day, with the table behind it. */
export function SizeChart({
  audienceKey,
  name,
  title,
  known,
}: {
  audienceKey: string
  name: string
  title: string
  known: readonly { day: string; n: number }[]
}) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  return (
    <DataChart
      title={title}
      definition={t('trendDefinition')}
      name={`audience-${audienceKey}`}
      height={180}
      drawing={{
        kind: 'line',
        categories: known.map(({ day }) => day.slice(5)),
        series: [{ name, colour: 'green', values: known.map(({ n }) => n) }],
        say: (value) => format.people(value),
        whole: true,
      }}
      head={[t('day'), t('size')]}
      rows={known.map(({ day, n }) => [day, n])}
    />
  )
}
