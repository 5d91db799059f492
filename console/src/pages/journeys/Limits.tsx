import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useAct } from '../../shared/act'
import { Loaded } from '../../shared/PageState'
import type { Definition } from './definition'
import { LimitsInput } from './LimitsInput'

type Known = NonNullable<Definition['limits']>

/** How often one person may enter journeys that say nothing of their own. */
export function Limits({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const known = api.useQuery('get', '/api/journeys/limits')
  const [changed, setChanged] = useState<Known | null>(null)
  const save = useAct((limits: Known) => http.PUT('/api/journeys/limits', { body: { within: '30d', ...limits } }), {
    done: t('limits.saved'),
    stale: ['/api/journeys/limits'],
    then: onClose,
  })
  return (
    <Modal
      open
      title={t('limits.title')}
      onCancel={onClose}
      footer={
        <Button
          type="primary"
          disabled={changed === null}
          loading={save.isPending}
          onClick={() => changed !== null && save.mutate(changed)}
        >
          {t('limits.save')}
        </Button>
      }
    >
      <div className="stack">
        <p className="sub">{t('limits.text')}</p>
        <Loaded query={known} rows={2}>
          {(house) => (
            <div className="line">
              <LimitsInput value={changed ?? house} onChange={(limits) => setChanged(limits ?? {})} />
            </div>
          )}
        </Loaded>
      </div>
    </Modal>
  )
}
