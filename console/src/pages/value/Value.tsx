import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Calibration, Weeks } from './Calibration'
import { Deciles } from './Deciles'
import { Models } from './Models'
import { SettingsCard } from './SettingsCard'
import './value.css'

export type ValueOut = components['schemas']['ValueOut']
export type ValueReport = components['schemas']['ValueReport']
type Estimated = components['schemas']['Estimated']

/** What the customers we have are worth, how sure that is, and where the worth lies. */
export default function ValuePage() {
  const { t } = useTranslation('value')
  const value = api.useQuery('get', '/api/insight/value')
  return (
    <div className="body">
      <Loaded query={value} rows={12}>
        {(data) => (
          <>
            <Head data={data} />
            {data.problem && (
              <p className="warn" role="status">
                {t(data.report ? 'stopped' : 'nothing', { why: data.problem.sentence })}
              </p>
            )}
            {data.report ? <Report report={data.report} /> : <Nothing />}
            <SettingsCard settings={data.settings} />
          </>
        )}
      </Loaded>
    </div>
  )
}

function Head({ data }: { data: ValueOut }) {
  const { t } = useTranslation('value')
  const format = useFormat()
  const { report } = data
  if (!report) return <Sentence title={t('titleNone')} />
  const best = report.deciles[0]?.share
  const said = {
    months: report.settings.months,
    clv: format.money(Math.round(report.clv_minor.point)),
    share: format.rate(best),
  }
  return (
    <Sentence
      title={t(best == null ? 'titleLoss' : 'title', said)}
      sub={t('sub', {
        at: format.moment(data.as_of),
        first: format.day(report.first_day),
        n: format.count(report.customers),
        again: format.count(report.repeaters),
        ms: format.count((data.ms ?? 0) / 1000, 1),
      })}
      acts={<FitButton />}
    />
  )
}

function FitButton({ first = false }: { first?: boolean }) {
  const { t } = useTranslation('value')
  const mayWrite = useMayWrite()
  const fit = useAct(() => http.POST('/api/insight/value/fit'), { stale: ['/api/insight/value'] })
  if (!mayWrite) return null
  return (
    <Button type={first ? 'primary' : 'default'} loading={fit.isPending} onClick={() => fit.mutate(undefined)}>
      {t(first ? 'fitFirst' : 'fit')}
    </Button>
  )
}

function Nothing() {
  const { t } = useTranslation('value')
  return (
    <Card>
      <Empty title={t('none')} text={t('noneText')} act={<FitButton first />} />
    </Card>
  )
}

function Report({ report }: { report: ValueReport }) {
  const { t } = useTranslation('value')
  const format = useFormat()
  const money = (minor: number) => format.money(Math.round(minor))
  const between = (each: Estimated, say: (value: number) => string) =>
    t('interval', { low: say(each.low), high: say(each.high) })
  const count = (value: number) => format.count(Math.round(value))
  const { days, months } = report.settings
  return (
    <>
      <div className="value-tiles">
        <Tile
          label={t('alive')}
          value={format.people(Math.round(report.alive))}
          note={t('aliveOf', { share: format.rate(report.alive / report.customers) })}
        />
        <Tile
          label={t('orders', { days })}
          value={t('times', { n: count(report.orders.point) })}
          note={between(report.orders, count)}
        />
        <Tile label={t(report.margin_from === 'none' ? 'net' : 'profit', { days })} value={money(report.profit_minor.point)} note={between(report.profit_minor, money)} />
        <Tile label={t('clv', { months })} value={money(report.clv_minor.point)} note={between(report.clv_minor, money)} />
        <Tile
          label={t('perCustomer')}
          value={money(report.clv_minor.point / report.customers)}
          note={t(`margin.${report.margin_from}`, { margin: format.rate(report.margin) })}
        />
      </div>
      {report.holdout ? (
        <>
          <Calibration holdout={report.holdout} />
          <Weeks holdout={report.holdout} />
        </>
      ) : (
        <Card title={t('noTest')} why={t('noTestText')} />
      )}
      <Deciles report={report} />
      <Models report={report} />
    </>
  )
}

function Tile({ label, value, note }: { label: string; value: string; note: string }) {
  return (
    <div className="value-tile">
      <div className="small mute">{label}</div>
      <div className="value-number">{value}</div>
      <div className="small mute">{note}</div>
    </div>
  )
}
