import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'

type Overdue = components['schemas']['OverdueOut']
type Choice = components['schemas']['ResumeIn']['overdue']
const CHOICES = ['late', 'shift'] as const

/** Who became due in the pause, and what becomes of them: asked before anybody moves. */
export function ResumeDialog({ journeyKey, onClose }: { journeyKey: string; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const overdue = api.useQuery(
    'get',
    '/api/journeys/{key}/overdue',
    { params: { path: { key: journeyKey } } },
    { staleTime: 0 },
  )
  return (
    <Modal open title={t('resumeTitle')} footer={null} onCancel={onClose} width={560}>
      <Loaded query={overdue} rows={4}>
        {(found) => <OverdueView journeyKey={journeyKey} found={found} onClose={onClose} />}
      </Loaded>
    </Modal>
  )
}

function OverdueView({ journeyKey, found, onClose }: { journeyKey: string; found: Overdue; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const [choice, setChoice] = useState<Choice>('late')
  const resume = useAct(
    () => http.POST('/api/journeys/{key}/resume', { params: { path: { key: journeyKey } }, body: { overdue: choice } }),
    { done: t('resumed'), stale: ['/api/journeys'], then: onClose },
  )
  return (
    <div className="stack">
      {found.paused_at && <p className="sub">{t('pausedSince', { at: format.moment(found.paused_at) })}</p>}
      {found.people === 0 ? (
        <p>{t('noOverdue')}</p>
      ) : (
        <table className="grid">
          <thead>
            <tr>
              <th>{t('overdueStep')}</th>
              <th className="num">{t('overduePeople')}</th>
              <th>{t('overdueSince')}</th>
            </tr>
          </thead>
          <tbody>
            {found.steps.map((each) => (
              <tr key={each.step}>
                <td>{each.title || each.step}</td>
                <td className="num strong">{format.people(each.people)}</td>
                <td>{format.moment(each.oldest)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Radio.Group
        value={choice}
        onChange={(event) => setChoice(event.target.value as Choice)}
        aria-label={t('overdueChoose')}
        style={{ display: 'grid', gap: 4 }}
        options={CHOICES.map((value) => ({ value, label: t(`overdue.${value}`) }))}
      />
      <div className="line">
        <Button type="primary" loading={resume.isPending} onClick={() => resume.mutate(undefined)}>
          {t('resume')}
        </Button>
        <Button onClick={onClose}>{t('act.cancel', { ns: 'common' })}</Button>
      </div>
    </div>
  )
}
