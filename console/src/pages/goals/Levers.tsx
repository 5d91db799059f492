import { useTranslation } from 'react-i18next'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { sayMetric } from '../../shared/MetricTree'
import type { Goal } from './Goals'

/** Backwards from the target: each factor raised alone, and whether it has ever been that high. */
export function Levers({ goal }: { goal: Goal }) {
  const { t } = useTranslation('goals')
  const format = useFormat()
  const { levers, days_left: daysLeft, missing_minor: missing, together_minor: together } = goal.requirement
  if (levers.length === 0) return null
  return (
    <Card title={t('levers', { missing: format.money(missing) })} why={t('leversWhy', { days: format.count(daysLeft) })}>
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th>{t('lever')}</th>
              <th className="num">{t('present')}</th>
              <th className="num">{t('needed')}</th>
              <th className="num">{t('best')}</th>
              <th>{t('verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {levers.map((lever) => (
              <tr key={lever.key}>
                <td>{format.language === 'en' ? lever.en : lever.zh}</td>
                <td className="num">{sayMetric(format, lever.unit, lever.present)}</td>
                <td className="num strong">{sayMetric(format, lever.unit, lever.needed)}</td>
                <td className="num">
                  {lever.best === null
                    ? '—'
                    : `${sayMetric(format, lever.unit, lever.best)} · ${lever.best_month ?? ''}`}
                </td>
                <td>
                  <Chip tone={lever.reachable ? 'good' : 'bad'}>{t(lever.reachable ? 'reachable' : lever.unit === 'rate' && lever.needed > 1 ? 'impossible' : 'unreachable')}</Chip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {together !== null && (
        <p className="sub" style={{ marginTop: 8 }}>
          {t('together', { sum: format.money(together) })}
        </p>
      )}
    </Card>
  )
}
