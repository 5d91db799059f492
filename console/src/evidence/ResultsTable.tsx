import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Chip } from '../shared/Chip'
import { useFormat } from '../shared/format'
import { Interval, scaleOf, verdictOf } from '../shared/Interval'
import { figureOf, TONES, type ResultRow } from './results'

/** Results in one table: what attribution credits each with beside what random assignment says it earned. */
export function ResultsTable({ results, what, isLinked = true }: { results: ResultRow[]; what?: string; isLinked?: boolean }) {
  const { t } = useTranslation('evidence')
  const format = useFormat()
  const nameOf = (result: ResultRow) => (format.language === 'en' ? result.en : result.zh)
  const intervals = results.flatMap((each) => figureOf(each, 'profit')?.per_thousand ?? [])
  const scale = scaleOf(intervals)
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th>{what ?? t('journey')}</th>
            <th className="num">{t('entered')}</th>
            <th className="num">{t('attributed')}</th>
            <th className="num">{t('incremental')}</th>
            <th>{t('perThousand')}</th>
            <th>{t('verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {results.map((result) => {
            const profit = figureOf(result, 'profit')
            const total = profit?.total
            const each = profit?.per_thousand
            return (
              <tr key={result.journey}>
                <td>
                  {isLinked && result.journey !== '' ? <Link to={`/journeys/${result.journey}?tab=results`}>{nameOf(result)}</Link> : nameOf(result)}
                </td>
                <td className="num">{format.count(result.people.treated + result.people.control)}</td>
                <td className="num" title={format.moneyExact(result.attributed.margin_minor)}>
                  {format.money(result.attributed.margin_minor)}
                </td>
                <td className={`num strong ${total ? verdictOf(total.low, total.high) : 'mute'}`}>
                  {total ? format.money(Math.round(total.value), true) : t('tooFew')}
                </td>
                <td>
                  {each && (
                    <Interval
                      point={each.value}
                      low={each.low}
                      high={each.high}
                      scale={scale}
                      say={(value) => format.money(Math.round(value), true)}
                      width={180}
                    />
                  )}
                </td>
                <td>
                  <Chip
                    tone={TONES[result.verdict.code]}
                    reason={format.language === 'en' ? result.verdict.en : result.verdict.zh}
                  >
                    {t(`code.${result.verdict.code}`)}
                  </Chip>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
