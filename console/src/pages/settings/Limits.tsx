import { InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useHouse } from '../../api/session'
import { Card } from '../../shared/Card'
import { minorPerMajor } from '../../shared/numbers'
import type { Policy } from './Contact'

type Platform = NonNullable<Policy['platform']>
type Budget = NonNullable<Policy['budget']>
const PERIODS = ['month', 'week', 'day', 'none'] as const
const SHIPPED_PLATFORM: Platform = { per: 'month' }
const SHIPPED_BUDGET: Budget = { purposes: ['marketing', 'service'] }

/** What the platform allows per customer, and what messages may cost in a month. */
export function Limits({ policy, disabled, onChange }: { policy: Policy; disabled: boolean; onChange: (part: Partial<Policy>) => void }) {
  const { t } = useTranslation('settings')
  const { currency } = useHouse()
  const platform = policy.platform ?? SHIPPED_PLATFORM
  const budget = policy.budget ?? SHIPPED_BUDGET
  const scale = minorPerMajor(currency)
  const setPlatform = (part: Partial<Platform>) => onChange({ platform: { ...platform, ...part } })
  return (
    <>
      <Card title={t('limits.platform')} why={t('limits.platformWhy')}>
        <div className="line">
          <Select<Platform['per']>
            aria-label={t('limits.per')}
            style={{ width: 240 }}
            value={platform.per}
            disabled={disabled}
            options={PERIODS.map((value) => ({ value, label: t(`limits.${value}`) }))}
            onChange={(per) => setPlatform({ per })}
          />
          {platform.per !== 'none' && (
            <InputNumber
              aria-label={t('limits.limit')}
              style={{ width: 150 }}
              min={1}
              max={1000}
              precision={0}
              placeholder={t('limits.asThere')}
              value={platform.limit}
              disabled={disabled}
              onChange={(limit) => setPlatform({ limit })}
            />
          )}
        </div>
        {platform.per === 'none' && <p className="warn">{t('limits.noLedger')}</p>}
      </Card>
      <Card title={t('limits.budget')} why={t('limits.budgetWhy')}>
        <label className="line">
          {t('limits.budgetBefore')}
          <InputNumber
            aria-label={t('limits.budget')}
            style={{ width: 150 }}
            min={0}
            precision={Math.round(Math.log10(scale))}
            placeholder={t('limits.noBudget')}
            value={budget.month_minor == null ? null : budget.month_minor / scale}
            disabled={disabled}
            onChange={(amount) =>
              onChange({ budget: { ...budget, month_minor: amount === null ? null : Math.round(amount * scale) } })
            }
          />
          {currency}
        </label>
      </Card>
    </>
  )
}
