import { useTranslation } from 'react-i18next'
import { useFormat } from '../../shared/format'
import type { Overview } from './Overview'

/** The verdict in one sentence: the goal when there is one, else GMV against the period before. */
export function Headline({ overview }: { overview: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const goal = overview.goals[0]
  const gmv = overview.metrics.find(({ key }) => key === 'gmv')
  if (goal) {
    const gap = goal.target_minor - goal.requirement.forecast_minor
    return (
      <>
        {t('goal', { name: goal.name, share: format.rate(goal.attainment) })}
        {gap > 0 ? (
          <>
            {t('short')}
            <em>{format.money(gap)}</em>
          </>
        ) : (
          <strong>{t('reach')}</strong>
        )}
      </>
    )
  }
  if (gmv?.now.value == null) return t('noOrders')
  const change = format.change(gmv.now.value, gmv.before.value)
  return (
    <>
      {t('gmv', { gmv: format.money(gmv.now.value) })}
      {change !== '—' && (change.startsWith('−') ? <em>{t('than', { change })}</em> : <strong>{t('than', { change })}</strong>)}
    </>
  )
}
