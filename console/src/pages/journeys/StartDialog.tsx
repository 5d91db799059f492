import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { ConditionEditor } from '../../conditions/Editor'
import type { Condition } from '../../conditions/tree'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'

/** Choose people and let them enter now: how many would is told before. */
export function StartDialog({ journeyKey, onClose }: { journeyKey: string; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const [condition, setCondition] = useState<Condition | null>(null)
  const params = { params: { path: { key: journeyKey } } }
  const asked = { ...params, body: { condition: condition ?? {} } }
  const count = api.useQuery('post', '/api/journeys/{key}/start/count', asked, { enabled: condition !== null })
  const start = useAct(() => http.POST('/api/journeys/{key}/start', asked), {
    done: t('started'),
    stale: ['/api/journeys'],
    then: onClose,
  })
  const people = condition === null ? 0 : (count.data?.people ?? 0)
  return (
    <Drawer open size={760} onClose={onClose} title={t('startTitle')}>
      <div className="stack">
        <p className="sub">{t('startText')}</p>
        <ConditionEditor narrow initial={null} onChange={setCondition} />
        <div className="line">
          <Button type="primary" disabled={people === 0} loading={start.isPending} onClick={() => start.mutate(undefined)}>
            {t('startAct')}
          </Button>
          <span aria-live="polite">{people > 0 && t('startCount', { n: format.count(people) })}</span>
        </div>
      </div>
    </Drawer>
  )
}
