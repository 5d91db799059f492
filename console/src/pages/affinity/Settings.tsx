import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { NumberLine } from '../../shared/NumberLine'
import { Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { ItemSelect, GRAINS, type Grain } from './ItemSelect'

type Asked = components['schemas']['AffinitySettings']
const EXCLUDED = {
  product: 'exclude_products',
  category: 'exclude_categories',
  brand: 'exclude_brands',
} as const satisfies Record<Grain, keyof Asked>

/** From which orders rules are mined, how often is often, and what never counts. */
export function Settings() {
  const settings = api.useQuery('get', '/api/insight/affinity/settings')
  return <Loaded query={settings}>{(asked) => <Form key={JSON.stringify(asked)} asked={asked} />}</Loaded>
}

function Form({ asked }: { asked: Asked }) {
  const { t } = useTranslation('affinity')
  const mayWrite = useMayWrite()
  const [draft, setDraft] = useState(asked)
  const save = useAct((body: Asked) => http.PUT('/api/insight/affinity/settings', { body }), {
    done: t('settingsSaved'),
    stale: ['/api/insight/affinity'],
  })
  const set = (part: Partial<Asked>) => setDraft((before) => ({ ...before, ...part }))
  const line = (label: string, value: number, min: number, max: number, put: (value: number) => void, unit?: string, precision = 0) => (
    <NumberLine
      label={label}
      unit={unit}
      min={min}
      max={max}
      precision={precision}
      value={value}
      disabled={!mayWrite}
      onValue={(given) => given !== null && put(given)}
    />
  )
  return (
    <div className="stack">
      <Sentence title={t('settingsTitle')} sub={t('settingsSub')} />
      <Card title={t('settingsWhat')} why={t('settingsWhatWhy')}>
        <div className="line">
          {line(t('setDays'), draft.days, 1, 3650, (days) => set({ days }), t('days'))}
          {line(t('setCount'), draft.min_count, 1, 1_000_000, (count) => set({ min_count: count }), t('baskets'))}
          {line(
            t('setSupport'),
            percent(draft.min_support),
            0.0001,
            100,
            (share) => set({ min_support: (share / 100).toFixed(9) }),
            '%',
            4,
          )}
          {line(t('setLeft'), draft.max_left, 1, 3, (most) => set({ max_left: most }), t('pieces'))}
          {line(t('setQ'), percent(draft.max_q), 0.01, 100, (share) => set({ max_q: share / 100 }), '%', 2)}
        </div>
      </Card>
      <Card title={t('settingsNot')} why={t('settingsNotWhy')}>
        <div className="stack">
          {GRAINS.map((grain) => (
            <div key={grain} className="line">
              <span>{t(`by.${grain}`)}</span>
              {mayWrite ? (
                <ItemSelect
                  by={grain}
                  value={draft[EXCLUDED[grain]] ?? []}
                  onChange={(keys) => set({ [EXCLUDED[grain]]: keys })}
                  label={t('notThese', { what: t(`by.${grain}`) })}
                  placeholder={t('none')}
                  width={420}
                />
              ) : (
                <span className="sub">{(draft[EXCLUDED[grain]] ?? []).join('、') || t('none')}</span>
              )}
            </div>
          ))}
        </div>
      </Card>
      {mayWrite && (
        <div>
          <Button type="primary" loading={save.isPending} onClick={() => save.mutate(draft)}>
            {t('saveAndMine')}
          </Button>
        </div>
      )}
    </div>
  )
}

/** A share in percent, without the dust of binary fractions. */
const percent = (share: number | string) => Number((Number(share) * 100).toFixed(7))
