import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, Button, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { Labelled } from '../../shared/Labelled'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { csvOf, download } from '../../shared/csv'
import { useFormat, type Format } from '../../shared/format'
import { asProblem, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { dimensionOptions, EventPick, PeriodPick, peopleCuts, useMetricCatalog, WherePick } from './controls'
import { parsed, periodOf, pick, valueName, words } from './question'

export type FunnelIn = components['schemas']['FunnelIn']
type FunnelOut = components['schemas']['FunnelOut']
type Stage = components['schemas']['StageOut']

/** How far people come, step after step. */
export function Funnel() {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const catalog = useMetricCatalog()
  const [address, set] = useAddress({ steps: 'friend_added,order_paid', within: '30', period: '90d', by: '', where: '' })
  const steps = words(address.steps)
  const where = parsed(address.where)
  const ask: FunnelIn = {
    steps: steps.map((event) => ({ event, where: [] })),
    within: Number(address.within) || 30,
    ...periodOf(address.period),
    ...(where ? { where: where } : {}),
    ...(address.by === '' ? {} : { by: address.by }),
  }
  const change = (at: number, event: string) => set({ steps: steps.map((each, i) => (i === at ? event : each)).join(',') })
  return (
    <div className="stack">
      <Card>
        <div className="controls">
          {steps.map((event, at) => (
            <Labelled key={at} label={t('step', { n: at + 1 })}>
              <span className="line">
                <EventPick label={t('step', { n: at + 1 })} value={event} onChange={(next) => change(at, next)} />
                {steps.length > 2 && (
                  <Button
                    size="small"
                    type="text"
                    icon={<CloseOutlined aria-hidden />}
                    aria-label={t('removeStep', { n: at + 1 })}
                    onClick={() => set({ steps: steps.filter((_, i) => i !== at).join(',') })}
                  />
                )}
              </span>
            </Labelled>
          ))}
          {steps.length < 12 && (
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => set({ steps: [...steps, 'order_paid'].join(',') })}>
              {t('addStep')}
            </Button>
          )}
          <Labelled label={t('within')}>
            <InputNumber aria-label={t('within')} min={1} max={366} value={ask.within} onChange={(next) => next !== null && set({ within: String(next) })} />
          </Labelled>
          <PeriodPick value={address.period} onChange={(period) => set({ period })} />
          <Labelled label={t('groupBy')}>
            <Select
              allowClear
              aria-label={t('groupBy')}
              placeholder={t('byNone')}
              value={address.by || undefined}
              onChange={(next) => set({ by: next ?? '' })}
              style={{ minWidth: 140 }}
              options={catalog.data && dimensionOptions(catalog.data, peopleCuts(catalog.data), format)}
            />
          </Labelled>
          <WherePick value={address.where} onChange={(where) => set({ where })} />
        </div>
      </Card>
      <FunnelCard ask={ask} />
    </div>
  )
}

/** A funnel as a sentence, its bars and its table; on a dashboard under the name it was kept by. */
export function FunnelCard({ ask, name }: { ask: FunnelIn; name?: { name_zh: string; name_en?: string } }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const funnel = api.useQuery('post', '/api/insight/metrics/funnel', { body: ask }, { retry: false })
  const fault: unknown = funnel.error
  const problem = fault === null ? null : asProblem(fault)
  if (problem?.status === 422) return <Alert type="error" showIcon title={problem.message} />
  return (
    <Loaded query={funnel} rows={6}>
      {(found) => {
        const said = sentenceOf(found, t, format)
        return (
          <section className="stack" aria-label={name ? format.named(name) : undefined}>
            {!name && <Sentence title={said} sub={t('span', { from: found.start, to: found.end })} />}
            <Card
              title={name ? format.named(name) : t('everybody')}
              why={name ? said : t('funnelSub', { within: found.within, open: format.count(found.open) })}
              acts={
                <Button size="small" type="text" onClick={() => download('funnel.csv', csvOf(...tableOf(found, t('everybody'), t, format)), 'text/csv')}>
                  {t('chart.csv', { ns: 'common' })}
                </Button>
              }
            >
              <Stages stages={found.whole} />
              <p className="sub">{t('funnelDefinition', { within: found.within })}</p>
            </Card>
            {found.groups.map((group) => (
              <Card key={group.value ?? ''} title={valueName(found, ask.by ?? '', group.value, format, t('none'))}>
                <Stages stages={group.stages} />
              </Card>
            ))}
          </section>
        )
      }}
    </Loaded>
  )
}

type Say = ReturnType<typeof useTranslation<'reports'>>['t']

function sentenceOf(found: FunnelOut, t: Say, format: Format): string {
  const first = found.whole[0]
  const last = found.whole.at(-1)
  if (!first || !last || first.people === 0) return t('funnelNobody')
  return t('funnelTitle', {
    first: pick(format, first.name),
    n: format.count(first.people),
    share: format.rate(last.of_first),
    last: pick(format, last.name),
  })
}

function Stages({ stages }: { stages: Stage[] }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th />
            <th style={{ width: '40%' }} />
            <th className="num">{t('people')}</th>
            <th className="num">{t('ofPrevious')}</th>
            <th className="num">{t('ofFirst')}</th>
            <th className="num">{t('median')}</th>
          </tr>
        </thead>
        <tbody>
          {stages.map((stage, at) => (
            <tr key={at}>
              <td>{pick(format, stage.name)}</td>
              <td>
                <div className="funnel-bar" style={{ width: `${(stage.of_first ?? 0) * 100}%` }} />
              </td>
              <td className="num">{format.people(stage.people)}</td>
              <td className="num">{format.rate(stage.of_previous)}</td>
              <td className="num">{format.rate(stage.of_first)}</td>
              <td className="num">{sayTime(stage.median_seconds, format)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function sayTime(seconds: number | null, format: Format): string {
  if (seconds === null) return format.count(null)
  const [size, unit] = seconds >= 172_800 ? [seconds / 86_400, 'day'] : seconds >= 7_200 ? [seconds / 3_600, 'hour'] : [seconds / 60, 'minute']
  return new Intl.NumberFormat(format.language, { style: 'unit', unit: unit, maximumFractionDigits: 1 }).format(size)
}

function tableOf(found: FunnelOut, everybody: string, t: Say, format: Format): [string[], (string | number | null)[][]] {
  const head = ['', '', t('people'), t('ofPrevious'), t('ofFirst')]
  const rows = [{ value: everybody, stages: found.whole }, ...found.groups].flatMap(({ value, stages }) =>
    stages.map((stage) => [value ?? t('none'), pick(format, stage.name), stage.people, stage.of_previous, stage.of_first]),
  )
  return [head, rows]
}
