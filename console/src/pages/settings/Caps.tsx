import { Button, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { PurposeSelect, type Cap } from './Contact'

const DAY = 24
const WINDOWS = [1, 6, 12, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY]
const PERIODS = ['day', 'week', 'month'] as const
type Period = (typeof PERIODS)[number]

/** Frequency caps: how many messages one person may get in how long, each a line that reads as a sentence. */
export function Caps({ caps, disabled, onChange }: { caps: Cap[]; disabled: boolean; onChange: (caps: Cap[]) => void }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const channels = api.useQuery('get', '/api/touch/channels', undefined, { staleTime: 300_000 })
  const change = (at: number, part: Partial<Cap>) => onChange(caps.map((cap, n) => (n === at ? { ...cap, ...part } : cap)))
  const windowName = (window: number | Period) =>
    typeof window === 'string'
      ? t(`caps.per.${window}`)
      : window % DAY === 0
        ? t('caps.days', { n: window / DAY })
        : t('caps.hours', { n: window })
  const channelOptions = (current: string | null | undefined) => {
    const known = (channels.data?.items ?? []).map((each) => ({ value: each.key, label: format.named(each) }))
    const kept = current && !known.some(({ value }) => value === current) ? [{ value: current, label: current }] : []
    return [{ value: '', label: t('caps.anyChannel') }, ...known, ...kept]
  }
  return (
    <Card title={t('caps.title')} why={t('caps.why')}>
      <div className="stack-8">
        {caps.length === 0 && <p className="warn">{t('caps.none')}</p>}
        {caps.map((cap, n) => (
          <div className="line" key={n} role="group" aria-label={t('caps.nth', { n: n + 1 })}>
            {t('caps.each')}
            <Select<number | Period>
              aria-label={t('caps.window')}
              style={{ width: 130 }}
              value={cap.per ?? cap.hours ?? DAY}
              disabled={disabled}
              options={[...[...new Set([...WINDOWS, cap.hours ?? DAY])].sort((a, b) => a - b), ...PERIODS].map((value) => ({
                value,
                label: windowName(value),
              }))}
              onChange={(value) => change(n, typeof value === 'string' ? { per: value, hours: null } : { per: null, hours: value })}
            />
            {t('caps.atMost')}
            <InputNumber
              aria-label={t('caps.limit')}
              style={{ width: 80 }}
              min={1}
              max={1000}
              precision={0}
              value={cap.limit}
              disabled={disabled}
              onChange={(limit) => limit !== null && change(n, { limit })}
            />
            {t('caps.messages')}
            <PurposeSelect value={cap.purpose} disabled={disabled} onChange={(purpose) => change(n, { purpose })} />
            <Select<string>
              aria-label={t('caps.channel')}
              style={{ width: 170 }}
              value={cap.channel ?? ''}
              disabled={disabled}
              options={channelOptions(cap.channel)}
              onChange={(channel) => change(n, { channel: channel || null })}
            />
            {!disabled && (
              <Button type="text" onClick={() => onChange(caps.filter((_, at) => at !== n))}>
                {t('act.remove', { ns: 'common' })}
              </Button>
            )}
          </div>
        ))}
        {!disabled && (
          <div>
            <Button onClick={() => onChange([...caps, { limit: 1, hours: DAY, channel: null, purpose: 'marketing' }])}>
              {t('caps.add')}
            </Button>
          </div>
        )}
      </div>
    </Card>
  )
}
