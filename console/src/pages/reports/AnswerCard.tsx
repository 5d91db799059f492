import { Popover } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../../shared/Card'
import type { Cell } from '../../shared/csv'
import { DataChart } from '../../shared/DataChart'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import { drawingOf, pick, sayChange, sayLevel, valueName, type Answer, type Level, type Measure, type Shape } from './question'

/** An answer: the whole as tiles, the chart with its table behind, and the table with every measure. */
export function AnswerCard({ answer, title, shape, acts }: { answer: Answer; title: string; shape: Shape; acts?: ReactNode }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const none = t('none')
  const drawing = drawingOf(answer, shape, format, none)
  const definition = answer.measures
    .map((each) => t('definition', { name: pick(format, each.name), line: pick(format, each.line), time: pick(format, each.time) }))
    .join('\n')
  const why = [
    t('span', { from: answer.start, to: answer.end }),
    ...(answer.before_start ? [t('against', { from: answer.before_start, to: answer.before_end })] : []),
    ...(answer.sentence === '' ? [] : [answer.sentence]),
    t('asOf', { at: format.moment(answer.as_of) }),
  ].join(' · ')
  const { head, rows } = tableOf(answer, (key) => valueNames(key), t)
  function valueNames(key: string) {
    return (value: string | null | undefined) => valueName(answer, key, value, format, none)
  }
  if (drawing) {
    return (
      <div className="stack">
        <Tiles answer={answer} />
        <DataChart
          title={title}
          why={why}
          definition={definition}
          name={answer.measures.map(({ key }) => key).join('-')}
          drawing={drawing}
          head={head}
          rows={rows}
          height={drawing.sideways ? Math.max(160, drawing.categories.length * 30 + 60) : 280}
        />
        {acts}
      </div>
    )
  }
  return (
    <div className="stack">
      <Tiles answer={answer} />
      {answer.by.length > 0 && (
        <Card title={title} why={why}>
          {answer.rows.length === 0 ? <Empty title={t('nothing')} text={t('nothingText')} /> : <AnswerTable answer={answer} />}
        </Card>
      )}
      {acts}
    </div>
  )
}

function Tiles({ answer }: { answer: Answer }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  return (
    <div className="metrics">
      {answer.measures.map((measure) => {
        const now = answer.whole.now[measure.key]
        const before = answer.whole.before?.[measure.key]
        return (
          <div className="metric" key={measure.key}>
            <div className="small mute">{pick(format, measure.name)}</div>
            <div className="metric-value">
              <LevelText measure={measure} level={now} />
            </div>
            {before && (
              <div className="small mute">
                {sayChange(format, measure.unit, now?.value ?? null, before.value)} {t('before')}
              </div>
            )}
          </div>
        )
      })}
    </div>
  )
}

/** A value with what it is made of behind it; a missing one says why. */
export function LevelText({ measure, level }: { measure: Pick<Measure, 'unit'>; level: Level | undefined }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const text = sayLevel(format, measure.unit, level?.value ?? null)
  if (level?.why) return <Popover content={pick(format, level.why)}><span tabIndex={0} title={pick(format, level.why)}>{text}</span></Popover>
  if (level?.denominator == null || level.denominator === 1) return <>{text}</>
  const made =
    measure.unit === 'minor'
      ? t('madeOf', { top: format.moneyExact(level.numerator), bottom: format.count(level.denominator) })
      : t('madeOf', { top: format.count(level.numerator), bottom: format.count(level.denominator) })
  return <span title={made}>{text}</span>
}

function AnswerTable({ answer }: { answer: Answer }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            {answer.by.map((key) => (
              <th key={key}>{t(`dimension.${key.split(':')[0] ?? key}` as 'dimension.day')}</th>
            ))}
            {answer.measures.map((measure) => (
              <th key={measure.key} className="num">
                {pick(format, measure.name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row, at) => (
            <tr key={at}>
              {answer.by.map((key) => (
                <td key={key}>{valueName(answer, key, row.by[key], format, t('none'))}</td>
              ))}
              {answer.measures.map((measure) => (
                <td key={measure.key} className="num">
                  <LevelText measure={measure} level={row.now[measure.key]} />
                  {row.before && (
                    <span className="small mute">
                      {' '}
                      {sayChange(format, measure.unit, row.now[measure.key]?.value ?? null, row.before[measure.key]?.value ?? null)}
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {answer.more > 0 && <p className="sub">{t('more', { n: format.count(answer.more) })}</p>}
    </div>
  )
}

type Names = (key: string) => (value: string | null | undefined) => string

/** The numbers as they are, for a table and a file: money in the major unit would round, so minor units say so. */
function tableOf(answer: Answer, names: Names, t: (key: 'dimension.day') => string): { head: string[]; rows: Cell[][] } {
  const head = [
    ...answer.by.map((key) => t(`dimension.${key.split(':')[0] ?? key}` as 'dimension.day')),
    ...answer.measures.map(({ key, unit }) => (unit === 'minor' ? `${key} (minor)` : key)),
  ]
  const rows = answer.rows.map((row) => [
    ...answer.by.map((key) => names(key)(row.by[key])),
    ...answer.measures.map(({ key }) => row.now[key]?.value ?? null),
  ])
  return { head, rows }
}
