import { Alert, Button, Segmented } from 'antd'
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
import { EventPick, PeriodPick, WherePick } from './controls'
import { parsed, periodOf } from './question'

export type RetentionIn = components['schemas']['RetentionIn']
type RetentionOut = components['schemas']['RetentionOut']
const MODES = ['classic', 'rolling', 'bounded'] as const
const GRAINS = ['day', 'week', 'month'] as const

/** Who comes back, by when they first came. */
export function Retention() {
  const { t } = useTranslation('reports')
  const [address, set] = useAddress({ first: 'order_paid', back: 'order_paid', grain: 'month', mode: 'classic', period: '365d', where: '' })
  const where = parsed(address.where)
  const mode = MODES.find((each) => each === address.mode) ?? 'classic'
  const grain = GRAINS.find((each) => each === address.grain) ?? 'month'
  const ask: RetentionIn = {
    first: { event: address.first, where: [] },
    back: { event: address.back, where: [] },
    grain,
    mode,
    periods: grain === 'day' ? 14 : grain === 'week' ? 8 : 6,
    ...periodOf(address.period),
    ...(where ? { where: where } : {}),
  }
  return (
    <div className="stack">
      <Card>
        <div className="controls">
          <Labelled label={t('first')}>
            <EventPick label={t('first')} value={address.first} onChange={(first) => set({ first })} />
          </Labelled>
          <Labelled label={t('back')}>
            <EventPick label={t('back')} value={address.back} onChange={(back) => set({ back })} />
          </Labelled>
          <Labelled label={t('grain')}>
            <Segmented value={grain} onChange={(next) => set({ grain: next })} options={GRAINS.map((each) => ({ value: each, label: t(`grains.${each}`) }))} />
          </Labelled>
          <Labelled label={t('mode')}>
            <Segmented value={mode} onChange={(next) => set({ mode: next })} options={MODES.map((each) => ({ value: each, label: t(`modes.${each}`) }))} />
          </Labelled>
          <PeriodPick value={address.period} onChange={(period) => set({ period })} />
          <WherePick value={address.where} onChange={(where) => set({ where })} />
        </div>
      </Card>
      <RetentionCard ask={ask} />
    </div>
  )
}

/** The cohorts as a heat table; on a dashboard under the name it was kept by. */
export function RetentionCard({ ask, name }: { ask: RetentionIn; name?: { name_zh: string; name_en?: string } }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const fields = api.useQuery('get', '/api/insight/catalog', undefined, { staleTime: 60_000 })
  const table = api.useQuery('post', '/api/insight/metrics/retention', { body: ask }, { retry: false })
  const fault: unknown = table.error
  const problem = fault === null ? null : asProblem(fault)
  if (problem?.status === 422) return <Alert type="error" showIcon title={problem.message} />
  const eventName = (key: string) => {
    const found = fields.data?.events.find((each) => each.key === key)
    return found ? format.named(found) : key
  }
  const events = { first: eventName(ask.first.event), back: eventName(ask.back.event) }
  return (
    <Loaded query={table} rows={6}>
      {(found) => {
        const said = sentenceOf(found, events, t, format)
        return (
          <section className="stack" aria-label={name ? format.named(name) : undefined}>
            {!name && <Sentence title={said} sub={t('span', { from: found.start, to: found.end })} />}
            <Card
              title={name ? format.named(name) : t('retentionSub', events)}
              why={name ? said : t(`retentionDefinition.${found.mode as 'classic'}`)}
              acts={
                <Button size="small" type="text" onClick={() => download('retention.csv', csvOf(...tableOf(found, t)), 'text/csv')}>
                  {t('chart.csv', { ns: 'common' })}
                </Button>
              }
            >
              <Heat found={found} />
            </Card>
          </section>
        )
      }}
    </Loaded>
  )
}

type Say = ReturnType<typeof useTranslation<'reports'>>['t']

/** The latest period for which anything is known, period 0 aside. */
function sentenceOf(found: RetentionOut, events: { first: string; back: string }, t: Say, format: Format): string {
  const n = found.overall.findLastIndex(({ value }, at) => at > 0 && value !== null)
  if (n < 1) return t('retentionYoung')
  return t('retentionTitle', { ...events, n, share: format.rate(found.overall[n]?.value) })
}

function Heat({ found }: { found: RetentionOut }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const shade = (share: number | null) =>
    share === null ? undefined : { background: `color-mix(in srgb, var(--green) ${Math.round(share * 60)}%, transparent)` }
  return (
    <div className="scroll-x">
      <table className="grid heat">
        <thead>
          <tr>
            <th>{t('cohort')}</th>
            <th className="num">{t('people')}</th>
            {found.overall.map((_, n) => (
              <th key={n} className="num">
                {n}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.cohorts.map((cohort) => (
            <tr key={cohort.cohort}>
              <td>{cohort.cohort}</td>
              <td className="num">{format.count(cohort.people)}</td>
              {cohort.back.map((back, n) => {
                const share = back === null || cohort.people === 0 ? null : back / cohort.people
                return (
                  <td key={n} className="cell" style={shade(share)} title={back === null ? undefined : format.people(back)}>
                    {format.rate(share)}
                  </td>
                )
              })}
            </tr>
          ))}
          <tr>
            <td className="strong">{t('total')}</td>
            <td className="num strong">{format.count(found.cohorts.reduce((sum, { people }) => sum + people, 0))}</td>
            {found.overall.map(({ value }, n) => (
              <td key={n} className="cell strong" style={shade(value)}>
                {format.rate(value)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}

function tableOf(found: RetentionOut, t: Say): [string[], (string | number | null)[][]] {
  const head = [t('cohort'), t('people'), ...found.overall.map((_, n) => String(n))]
  return [head, found.cohorts.map(({ cohort, people, back }) => [cohort, people, ...back])]
}
