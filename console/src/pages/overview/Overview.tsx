import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useHouse, useMayWrite } from '../../api/session'
import { ResultsTable } from '../../evidence/ResultsTable'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat, type Format } from '../../shared/format'
import { MetricTree, sayDelta, sayMetric } from '../../shared/MetricTree'
import { Empty, Loaded, Skeleton } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { biggestDrag } from './cause'
import { Headline } from './Headline'
import { LayerCard } from './LayerCard'
import { Morning } from './Morning'
import { daysOf, PERIODS, type PeriodKey } from './period'
import { Trend } from './Trend'
import './overview.css'

export type Overview = components['schemas']['Overview']
type Metric = components['schemas']['Metric']

/** What needs me, are we on course, where is the leak: one sentence, then the numbers it rests on. */
export default function OverviewPage() {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const { now } = useHouse()
  const [address, set] = useAddress({ period: '30d' })
  const period: PeriodKey = PERIODS.find((each) => each === address.period) ?? '30d'
  const overview = api.useQuery('get', '/api/goals/overview', { params: { query: daysOf(period, format.day(now)) } })
  return (
    <div className="body">
      <Loaded query={overview} skeleton={<OverviewSkeleton />}>
        {(data) => (
          <>
            <Sentence
              title={<Headline overview={data} />}
              sub={t('sub', {
                from: format.day(data.start),
                to: format.day(data.end),
                beforeFrom: format.day(data.before_start),
                beforeTo: format.day(data.before_end),
                at: format.moment(data.as_of),
              })}
              acts={
                <Segmented<PeriodKey>
                  value={period}
                  onChange={(next) => set({ period: next })}
                  options={PERIODS.map((each) => ({ value: each, label: t(`period.${each}`) }))}
                />
              }
            />
            {isEmpty(data) ? <NothingYet /> : <OverviewBody data={data} />}
          </>
        )}
      </Loaded>
    </div>
  )
}

/** A house nobody has come to yet. */
function isEmpty(data: Overview): boolean {
  return (data.metrics.find(({ key }) => key === 'customers')?.now.value ?? 0) === 0
}

/** What this page will say once there is something to say, and the one thing to do until then. */
function NothingYet() {
  const { t } = useTranslation('overview')
  const mayWrite = useMayWrite()
  return (
    <Card>
      <Empty title={t('empty')} text={t('emptyText')} act={mayWrite && <Link to="/imports">{t('toImports')}</Link>} />
    </Card>
  )
}

/** The shape of the page while it is fetched. */
function OverviewSkeleton() {
  return (
    <div className="stack">
      <Skeleton rows={1} />
      <div className="morning">
        {[1, 2, 3].map((each) => (
          <Card key={each}>
            <Skeleton rows={3} />
          </Card>
        ))}
      </div>
      <Card>
        <Skeleton rows={8} />
      </Card>
    </div>
  )
}

function OverviewBody({ data }: { data: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const hot = biggestDrag(
    data.tree.map(({ key, parent, now, before }) => ({ key, parent, now: now.value, before: before.value })),
  )
  return (
    <>
      <Morning data={data} />
      <Card title={t('tree')} why={t(hot === null ? 'treeWhy' : 'treeWhyHot')}>
        <MetricTree
          hot={hot}
          metrics={data.tree.map((node) => ({
            key: node.key,
            parent: node.parent,
            label: format.language === 'en' ? node.en : node.zh,
            unit: node.unit,
            value: node.now.value,
            previous: node.before.value,
            of: node.now,
          }))}
        />
      </Card>
      <Card title={t('sops')} why={t('sopsWhy')}>
        {data.sops.length === 0 ? (
          <Empty title={t('noSops')} text={t('noSopsText')} act={<Link to="/journeys">{t('toJourneys')}</Link>} />
        ) : (
          <ResultsTable results={data.sops} />
        )}
      </Card>
      <Trend data={data} />
      <div className="metrics">
        {data.metrics.map((metric) => (
          <MetricTile key={metric.key} metric={metric} format={format} />
        ))}
      </div>
      {data.layers.length > 0 && (
        <div className="columns-2">
          {data.layers.map((flow) => (
            <LayerCard key={flow.model} flow={flow} />
          ))}
        </div>
      )}
    </>
  )
}

const LOWER_IS_BETTER = new Set<Metric['key']>(['relations_lost', 'loss_rate', 'refunds', 'refund_rate'])

function MetricTile({ metric, format }: { metric: Metric; format: Format }) {
  const { t } = useTranslation('overview')
  const { key, unit, now, before } = metric
  const value = now.value
  const said = unit === 'relations' ? format.relations(value) : sayMetric(format, unit, value)
  const delta = sayDelta(format, unit === 'relations' ? 'people' : unit, value, before.value)
  const worse = LOWER_IS_BETTER.has(key) ? delta.startsWith('+') : delta.startsWith('−')
  const better = LOWER_IS_BETTER.has(key) ? delta.startsWith('−') : delta.startsWith('+')
  return (
    <div className="metric">
      <div className="small mute">{format.language === 'en' ? metric.en : metric.zh}</div>
      <div className="metric-value" title={unit === 'minor' ? format.moneyExact(value) : undefined}>
        {said}
      </div>
      <div className="small">
        <span className={worse ? 'bad' : better ? 'good' : 'mute'}>{delta}</span>{' '}
        <span className="mute">{t('before')}</span>
      </div>
    </div>
  )
}
