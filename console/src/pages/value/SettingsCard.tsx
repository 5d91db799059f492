import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { NumberLine } from '../../shared/NumberLine'

type Settings = components['schemas']['ValueSettings']

/** How far value looks, how it discounts, and what part of the money is profit. */
export function SettingsCard({ settings }: { settings: Settings }) {
  const { t } = useTranslation('value')
  const mayWrite = useMayWrite()
  const [draft, setDraft] = useState(settings)
  const save = useAct(
    async (body: Settings) => {
      await http.PUT('/api/insight/value/settings', { body })
      await http.POST('/api/insight/value/fit')
    },
    { done: t('saved'), stale: ['/api/insight/value'] },
  )
  const set = (part: Partial<Settings>) => setDraft((before) => ({ ...before, ...part }))
  const percent = (share: number | null | undefined) => (share == null ? null : Math.round(share * 10_000) / 100)
  return (
    <Card title={t('settingsTitle')} why={t('settingsWhy')}>
      <div className="line">
        <NumberLine
          label={t('setDays')}
          min={7}
          max={730}
          value={draft.days}
          disabled={!mayWrite}
          onValue={(value) => value !== null && set({ days: value })}
        />
        <NumberLine
          label={t('setMonths')}
          min={1}
          max={60}
          value={draft.months}
          disabled={!mayWrite}
          onValue={(value) => value !== null && set({ months: value })}
        />
        <NumberLine
          label={t('setDiscount')}
          min={0}
          max={20}
          precision={2}
          value={percent(draft.discount)}
          disabled={!mayWrite}
          onValue={(value) => value !== null && set({ discount: value / 100 })}
        />
        <NumberLine
          label={t('setMargin')}
          min={-100}
          max={100}
          precision={2}
          placeholder={t('fromOrders')}
          value={percent(draft.margin)}
          disabled={!mayWrite}
          onValue={(value) => set({ margin: value === null ? null : value / 100 })}
        />
        {mayWrite && (
          <Button loading={save.isPending} onClick={() => save.mutate(draft)}>
            {t('saveAndFit')}
          </Button>
        )}
      </div>
    </Card>
  )
}
