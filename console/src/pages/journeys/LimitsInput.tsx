import { InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Definition } from './definition'

type Limits = NonNullable<Definition['limits']>

/** How many journeys at once, and how many entries in how many days; empty is what the house says. */
export function LimitsInput({ value, onChange }: { value: Limits; onChange: (limits: Limits | null) => void }) {
  const { t } = useTranslation('journeys')
  const days = Number.parseInt(value.within ?? '30d', 10)
  const put = (part: Limits) => {
    const { at_once = null, entries = null, within = '30d' } = { ...value, ...part }
    if (at_once === null && entries === null) return onChange(null)
    onChange({
      ...(at_once === null ? {} : { at_once }),
      ...(entries === null ? {} : { entries }),
      ...(within === '30d' ? {} : { within }),
    })
  }
  return (
    <>
      <span>{t('limits.atOnce')}</span>
      <InputNumber
        size="small"
        aria-label={t('limits.atOnce')}
        min={0}
        max={100}
        precision={0}
        style={{ width: 64 }}
        value={value.at_once ?? null}
        onChange={(at_once) => put({ at_once })}
      />
      <span>{t('limits.entries')}</span>
      <InputNumber
        size="small"
        aria-label={t('limits.days')}
        min={1}
        max={365}
        precision={0}
        style={{ width: 64 }}
        value={days}
        onChange={(n) => n !== null && put({ within: `${n}d` })}
      />
      <span>{t('limits.unit')}</span>
      <InputNumber
        size="small"
        aria-label={t('limits.entriesMost')}
        min={0}
        max={1000}
        precision={0}
        style={{ width: 64 }}
        value={value.entries ?? null}
        onChange={(entries) => put({ entries })}
      />
    </>
  )
}
