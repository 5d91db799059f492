import { Alert, InputNumber, Select } from 'antd'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useHouse } from '../../api/session'
import { Labelled } from '../../shared/Labelled'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat, type Format } from '../../shared/format'
import { minorPerMajor } from '../../shared/numbers'
import { asProblem, Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { dimensionOptions, PeriodPick, peopleCuts, useMetricCatalog } from './controls'
import { periodOf, pick, valueName } from './question'

type FocusOut = components['schemas']['FocusOut']
type FocusRow = components['schemas']['FocusRow']
type FocusPart = FocusRow | components['schemas']['FocusCategory']
const TONES = { grow: 'good', keep: 'info', stop: 'bad', unknown: undefined } as const

/** 精: what each group brings for the money and staff time put in, and what to stop. */
export function Focus() {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const { currency } = useHouse()
  const catalog = useMetricCatalog()
  const [address, set] = useAddress({ who: 'layer_before:rfm', period: '30d', minutes: '2', wage: '40' })
  const ask = {
    who: address.who,
    ...periodOf(address.period),
    minutes: Number(address.minutes) || 0,
    wage_minor: Math.round((Number(address.wage) || 0) * minorPerMajor(currency)),
  }
  const focus = api.useQuery('post', '/api/insight/metrics/focus', { body: ask }, { retry: false })
  const fault: unknown = focus.error
  const problem = fault === null ? null : asProblem(fault)
  return (
    <div className="stack">
      <Card>
        <div className="controls">
          <Labelled label={t('who')}>
            <Select
              aria-label={t('who')}
              value={address.who}
              onChange={(who) => set({ who })}
              style={{ minWidth: 180 }}
              options={catalog.data && dimensionOptions(catalog.data, peopleCuts(catalog.data), format)}
            />
          </Labelled>
          <PeriodPick value={address.period} onChange={(period) => set({ period })} />
          <Labelled label={t('minutes')}>
            <InputNumber aria-label={t('minutes')} min={0} max={240} value={ask.minutes} onChange={(next) => set({ minutes: String(next ?? 0) })} />
          </Labelled>
          <Labelled label={t('wage')}>
            <InputNumber aria-label={t('wage')} min={0} value={Number(address.wage)} onChange={(next) => set({ wage: String(next ?? 0) })} />
          </Labelled>
        </div>
      </Card>
      {problem?.status === 422 ? (
        <Alert type="error" showIcon title={problem.message} />
      ) : (
        <Loaded query={focus} rows={8}>
          {(found) => <Lists found={found} who={address.who} />}
        </Loaded>
      )}
    </div>
  )
}

function Lists({ found, who }: { found: FocusOut; who: string }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const stop = found.rows.filter(({ verdict }) => verdict === 'stop')
  const rest = found.rows.filter(({ verdict }) => verdict !== 'stop')
  const saved = -stop.reduce((sum, row) => sum + row.return_minor, 0)
  return (
    <>
      <Sentence
        title={stop.length > 0 ? t('focusTitle', { n: stop.length, saved: format.money(Math.round(saved)) }) : t('focusNone')}
        sub={t('focusSub', { from: found.start, to: found.end })}
      />
      <Card title={t('stopList')} className={stop.length > 0 ? 'alarm' : ''}>
        {stop.length > 0 ? <Rows rows={stop} found={found} who={who} /> : <Empty title={t('stopEmpty')} text={t('stopEmptyText')} />}
      </Card>
      <Card title={t('restList')} why={t('focusDefinition')}>
        {rest.length > 0 ? <Rows rows={rest} found={found} who={who} /> : <Empty title={t('nothing')} text={t('nothingText')} />}
      </Card>
    </>
  )
}

function Rows({ rows, found, who }: { rows: FocusRow[]; found: FocusOut; who: string }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th>{t('dimension.source')}</th>
            <th>{t(`dimension.${who.split(':')[0] ?? ''}` as 'dimension.layer')}</th>
            <th>{t('category')}</th>
            <th className="num">{t('people')}</th>
            <th className="num">{t('profit')}</th>
            <th className="num">{t('money')}</th>
            <th className="num">{t('hours')}</th>
            <th className="num">{t('return')}</th>
            <th className="num">{t('perHour')}</th>
            <th className="num">{t('perPerson')}</th>
            <th>{t('verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Fragment key={[row.source, row.who].join('|')}>
              <tr>
                <td className="strong">{valueName(found, 'source', row.source, format, t('none'))}</td>
                <td className="strong">{valueName(found, who, row.who, format, t('none'))}</td>
                <td />
                <Amounts part={row} />
                <td className="num">
                  {row.low_minor === null ? format.count(null) : `${sayMinor(format, row.low_minor)} – ${sayMinor(format, row.high_minor)}`}
                </td>
                <td>
                  <Chip tone={TONES[row.verdict]}>{t(`verdicts.${row.verdict}`)}</Chip>{' '}
                  <span className="small mute">{pick(format, row.why)}</span>
                </td>
              </tr>
              {row.categories.map((part) => (
                <tr key={`${part.category ?? ''}|${part.bought}`} className="mute">
                  <td />
                  <td />
                  <td>{part.category ?? t(part.bought ? 'none' : 'noCategory')}</td>
                  <Amounts part={part} />
                  <td />
                  <td />
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Amounts({ part }: { part: FocusPart }) {
  const format = useFormat()
  return (
    <>
      <td className="num">{format.people(part.people)}</td>
      <td className="num">{sayMinor(format, part.profit_minor)}</td>
      <td className="num">{sayMinor(format, part.money_minor)}</td>
      <td className="num">{format.count(part.minutes / 60, 1)}</td>
      <td className="num">{sayMinor(format, part.return_minor)}</td>
      <td className="num">{sayMinor(format, part.per_hour_minor)}</td>
    </>
  )
}

/** Shares of an amount are fractions of a minor unit. */
function sayMinor(format: Format, minor: number | null): string {
  return format.money(minor === null ? null : Math.round(minor))
}
