import { useTranslation } from 'react-i18next'
import type { components } from '../../api/schema'
import { DataChart } from '../../shared/DataChart'
import { useFormat } from '../../shared/format'

type Holdout = components['schemas']['ValueHoldout']
type Bucket = components['schemas']['ValueBucket']

/** Purchases per customer in the weeks the fit did not see, expected against actual, by how often they had bought. */
export function Calibration({ holdout }: { holdout: Holdout }) {
  const { t } = useTranslation('value')
  const format = useFormat()
  const { buckets } = holdout
  const named = ({ least, most }: Bucket) => t(least === most ? 'bucket' : 'bucketSpan', { n: least, to: most })
  const off = holdout.actual > 0 ? holdout.expected / holdout.actual - 1 : null
  const said = {
    days: holdout.days,
    expected: format.count(holdout.expected),
    actual: format.count(holdout.actual),
    off: format.rate(off === null ? null : Math.abs(off)),
  }
  return (
    <DataChart
      title={off === null ? t('testNone', said) : t(off >= 0 ? 'testOver' : 'testUnder', said)}
      why={t('testWhy', { n: format.count(holdout.customers), cut: holdout.cut })}
      definition={t('testDefinition')}
      name="value-test"
      drawing={{
        kind: 'bar',
        categories: buckets.map(named),
        series: [
          { name: t('expected'), colour: 'green', values: buckets.map(({ expected }) => expected) },
          { name: t('actual'), colour: 'faint', values: buckets.map(({ actual }) => actual) },
        ],
        say: (value) => format.count(value, 2),
      }}
      head={[t('before'), t('people'), t('expectedEach'), t('actualEach'), t('actualInterval')]}
      rows={buckets.map((bucket) => [
        named(bucket),
        bucket.customers,
        format.count(bucket.expected, 2),
        format.count(bucket.actual, 2),
        t('range', {
          low: format.count(Math.max(0, bucket.actual - 1.96 * bucket.error), 2),
          high: format.count(bucket.actual + 1.96 * bucket.error, 2),
        }),
      ])}
    />
  )
}

/** Repeat purchases of the same customers week by week; the fit saw those before the cut. */
export function Weeks({ holdout }: { holdout: Holdout }) {
  const { t } = useTranslation('value')
  const format = useFormat()
  const { weeks } = holdout
  return (
    <DataChart
      title={t('weeksTitle', { weeks: holdout.days / 7, cut: holdout.cut })}
      definition={t('weeksDefinition')}
      name="value-weeks"
      drawing={{
        kind: 'line',
        categories: weeks.map(({ start }) => start.slice(2)),
        series: [
          { name: t('expected'), colour: 'greenMid', dashed: true, values: weeks.map(({ expected }) => expected) },
          { name: t('actualSeen'), colour: 'faint', values: weeks.map((week) => (week.held_out ? null : week.actual)) },
          { name: t('actualUnseen'), colour: 'ochre', values: weeks.map((week) => (week.held_out ? week.actual : null)) },
        ],
        say: (value) => format.count(value),
      }}
      head={[t('week'), t('expected'), t('actual'), t('seen')]}
      rows={weeks.map((week) => [week.start, format.count(week.expected, 1), week.actual, t(week.held_out ? 'no' : 'yes')])}
    />
  )
}
