import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useMayWrite } from '../api/session'
import { Card } from '../shared/Card'
import { Chip } from '../shared/Chip'
import { DataChart } from '../shared/DataChart'
import { useFormat, type Format } from '../shared/format'
import { Interval, scaleOf } from '../shared/Interval'
import { figureOf, TONES, type Figure, type Result } from './results'

/** One journey's result: the verdict, treated against control for every figure, the checks, and how it came about. */
export function ResultDetail({ result }: { result: Result }) {
  const { t } = useTranslation('evidence')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const say = (text: { zh: string; en: string }) => (format.language === 'en' ? text.en : text.zh)
  const { treated, control } = result.people
  return (
    <div className="stack">
      <Card
        className={result.verdict.code === 'gain' ? 'calm' : ['loss', 'veto'].includes(result.verdict.code) ? 'alarm' : ''}
      >
        <div className="line">
          <Chip tone={TONES[result.verdict.code]}>{t(`code.${result.verdict.code}`)}</Chip>
          <span style={{ fontSize: 15 }}>{say(result.verdict)}</span>
        </div>
      </Card>
      <Card
        title={t('armsTitle')}
        why={t('armsWhy', {
          treated: format.count(treated),
          control: format.count(control),
          days: result.window_days,
          at: format.moment(result.as_of),
        })}
        acts={
          mayWrite && (
            <Button size="small" href={`/api/evidence/journeys/${result.journey}/csv`}>
              {t('csv')}
            </Button>
          )
        }
      >
        <FigureTable figures={[...result.figures, ...result.guardrails]} format={format} say={say} />
      </Card>
      <div className="columns-2">
        <Card title={t('besideTitle')} why={t('besideWhy', { days: result.attributed.within_days })}>
          <table className="facts">
            <tbody>
              <tr>
                <th scope="row">{t('attributedOrders')}</th>
                <td className="num">
                  {t('ordersOf', {
                    orders: format.count(result.attributed.orders),
                    buyers: format.count(result.attributed.buyers),
                  })}
                </td>
              </tr>
              <tr>
                <th scope="row">{t('attributedGmv')}</th>
                <td className="num">{format.money(result.attributed.gmv_minor)}</td>
              </tr>
              <tr>
                <th scope="row">{t('attributed')}</th>
                <td className="num">{format.money(result.attributed.margin_minor)}</td>
              </tr>
              <tr>
                <th scope="row">{t('incremental')}</th>
                <td className="num strong">
                  {sayTotal(format, figureOf(result, 'profit')) ?? t('tooFew')}
                </td>
              </tr>
              <tr>
                <th scope="row">{t('touchCost')}</th>
                <td className="num">{format.money(result.touch_cost_minor.treated)}</td>
              </tr>
            </tbody>
          </table>
        </Card>
        <Card title={t('checksTitle')} why={t('checksWhy')}>
          <table className="facts">
            <tbody>
              {result.checks.map((check) => (
                <tr key={check.key}>
                  <th scope="row">{t(`check.${check.key}`)}</th>
                  <td>
                    <Chip tone={check.passed ? 'good' : 'bad'}>{t(check.passed ? 'passed' : 'failed')}</Chip>{' '}
                    {check.p !== null && <span className="sub">p = {check.p.toFixed(3)}</span>}
                  </td>
                </tr>
              ))}
              <tr>
                <th scope="row">{t('open')}</th>
                <td>{format.people(result.left_out.open_treated + result.left_out.open_control)}</td>
              </tr>
              <tr>
                <th scope="row">{t('heldOut')}</th>
                <td>{format.people(result.left_out.held_out)}</td>
              </tr>
              {result.mixed > 0 && (
                <tr>
                  <th scope="row">{t('mixed')}</th>
                  <td>{format.people(result.mixed)}</td>
                </tr>
              )}
            </tbody>
          </table>
        </Card>
      </div>
      {result.daily.some((point) => point.profit) && <Daily result={result} />}
    </div>
  )
}

function sayTotal(format: Format, figure: Figure | undefined): string | null {
  return figure?.total ? format.money(Math.round(figure.total.value), true) : null
}

function FigureTable({
  figures,
  format,
  say,
}: {
  figures: Figure[]
  format: Format
  say: (text: { zh: string; en: string }) => string
}) {
  const { t } = useTranslation('evidence')
  const perPerson = (money: string) => t('perPerson', { money })
  const amount = (figure: Figure, value: number) =>
    figure.unit === 'minor'
      ? format.money(Math.round(value), true)
      : t('peopleMore', { n: `${value > 0 ? '+' : ''}${format.count(value, 1)}` })
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th>{t('figure')}</th>
            <th className="num">{t('treated')}</th>
            <th className="num">{t('control')}</th>
            <th className="num">{t('difference')}</th>
            <th>{t('interval')}</th>
            <th className="num">{t('total')}</th>
            <th className="num">{t('detectable')}</th>
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={figure.key}>
              <td>{t(`figures.${figure.key}`)}</td>
              <td className="num">{sayArm(format, figure, figure.treated, perPerson)}</td>
              <td className="num">{sayArm(format, figure, figure.control, perPerson)}</td>
              {figure.per_thousand ? (
                <>
                  <td className="num strong">
                    {amount(figure, figure.per_thousand.value)}
                    {figure.relative && (
                      <span className="sub">
                        {' '}
                        {figure.relative.value > 0 ? '+' : ''}
                        {format.rate(figure.relative.value)}
                      </span>
                    )}
                  </td>
                  <td>
                    <Interval
                      point={figure.per_thousand.value}
                      low={figure.per_thousand.low}
                      high={figure.per_thousand.high}
                      scale={scaleOf([figure.per_thousand])}
                      say={(value) => amount(figure, value)}
                      width={150}
                    />
                    <div className="small mute nowrap">
                      {amount(figure, figure.per_thousand.low)} ~ {amount(figure, figure.per_thousand.high)}
                    </div>
                  </td>
                  <td className="num">{figure.total ? amount(figure, figure.total.value) : '—'}</td>
                  <td className="num">{figure.detectable == null ? '—' : amount(figure, figure.detectable)}</td>
                </>
              ) : (
                <td colSpan={4} className="mute">
                  {figure.missing ? say(figure.missing) : t('tooFew')}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** People as a rate with its parts, money as an average per person. */
function sayArm(
  format: Format,
  figure: Figure,
  arm: { numerator: number; denominator: number },
  perPerson: (money: string) => string,
): string {
  if (arm.denominator === 0) return '—'
  return figure.unit === 'people'
    ? `${format.rate(arm.numerator / arm.denominator)} · ${format.count(arm.numerator)}/${format.count(arm.denominator)}`
    : perPerson(format.money(Math.round(arm.numerator / arm.denominator)))
}

function Daily({ result }: { result: Result }) {
  const { t } = useTranslation('evidence')
  const format = useFormat()
  const days = result.daily
  const say = (value: number) => format.money(Math.round(value), true)
  return (
    <DataChart
      title={t('dailyTitle')}
      why={t('dailyWhy')}
      definition={t('dailyDefinition')}
      name={`${result.journey}-daily`}
      drawing={{
        kind: 'line',
        categories: days.map(({ day }) => t('day', { n: day + 1 })),
        series: [
          { name: t('point'), colour: 'green', values: days.map(({ profit }) => profit?.value ?? null) },
          { name: t('low'), colour: 'faint', dashed: true, values: days.map(({ profit }) => profit?.low ?? null) },
          { name: t('high'), colour: 'faint', dashed: true, values: days.map(({ profit }) => profit?.high ?? null) },
        ],
        say,
      }}
      head={[t('dayHead'), t('point'), t('low'), t('high')]}
      rows={days.map(({ day, profit }) => [
        day + 1,
        profit ? say(profit.value) : null,
        profit ? say(profit.low) : null,
        profit ? say(profit.high) : null,
      ])}
    />
  )
}
