import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWork } from '../../api/session'
import { useAct } from '../../shared/act'
import { Chip } from '../../shared/Chip'
import { copy } from '../../shared/copy'
import { useFormat } from '../../shared/format'
import { useMessage } from '../../shared/messages'

export type Task = components['schemas']['TaskOut']

/** What a refusal asks for, and the button that records it. */
const WORDS = {
  not_done: { why: 'whyNot', record: 'recordNotDone' },
  rejected: { why: 'whyRejected', record: 'recordRejected' },
} as const

/** One thing to do: for whom, until when, the words ready to copy. */
export function TaskCard({ task, showStaff = false }: { task: Task; showStaff?: boolean }) {
  const { t } = useTranslation('tasks')
  const format = useFormat()
  const mayWork = useMayWork()
  const message = useMessage()
  const [declining, setDeclining] = useState<'not_done' | 'rejected' | null>(null)
  const [note, setNote] = useState('')
  const complete = useAct(
    (outcome: 'done' | 'not_done' | 'rejected') =>
      http.POST('/api/touch/tasks/{task_id}/complete', {
        params: { path: { task_id: task.id } },
        body: { outcome, note },
      }),
    {
      stale: ['/api/touch/tasks', '/api/touch/execution', '/api/touch/touches'],
      done: t('recorded'),
      then: () => setDeclining(null),
    },
  )
  const isOpen = task.state === 'open'
  const mayAct = isOpen && mayWork
  return (
    <article className="task card" aria-label={task.title}>
      <div className="spread">
        <span>
          {task.cid === null ? (
            <b>{task.customer_name}</b>
          ) : (
            <Link to={`/customers/${task.cid}`} className="strong">
              {task.customer_name || t('customer', { cid: task.cid })}
            </Link>
          )}
          {showStaff && <span className="sub"> · {task.staff_name}</span>}
        </span>
        {isOpen ? (
          <span className="sub nowrap">{t('until', { at: format.moment(task.expires_at) })}</span>
        ) : (
          <Chip tone={task.state === 'done' ? 'good' : 'plain'}>{t(`state.${task.state as 'done'}`)}</Chip>
        )}
      </div>
      <div className="strong">{task.title}</div>
      {task.instructions !== '' && <p className="sub">{task.instructions}</p>}
      {task.text !== '' && <p className="task-text">{task.text}</p>}
      {task.note !== '' && <p className="sub">{t('noteWas', { note: task.note })}</p>}
      {mayAct && declining === null && (
        <div className="task-acts">
          {task.text !== '' && (
            <Button
              icon={<CopyOutlined aria-hidden />}
              onClick={() =>
                void copy(task.text).then((ok) => (ok ? message.success(t('copied')) : message.error(t('notCopied'))))
              }
            >
              {t('copy')}
            </Button>
          )}
          <Button type="primary" icon={<CheckOutlined aria-hidden />} loading={complete.isPending} onClick={() => complete.mutate('done')}>
            {t(task.text === '' ? 'done' : 'sent')}
          </Button>
          <Button onClick={() => setDeclining('not_done')}>{t('notDone')}</Button>
          <Button onClick={() => setDeclining('rejected')}>{t('rejected')}</Button>
        </div>
      )}
      {mayAct && declining !== null && (
        <div className="stack-8">
          <Input.TextArea
            autoFocus
            rows={2}
            maxLength={500}
            value={note}
            placeholder={t(WORDS[declining].why)}
            aria-label={t(WORDS[declining].why)}
            onChange={(event) => setNote(event.target.value)}
          />
          <div className="task-acts">
            <Button
              type="primary"
              loading={complete.isPending}
              disabled={declining === 'rejected' && note.trim() === ''}
              onClick={() => complete.mutate(declining)}
            >
              {t(WORDS[declining].record)}
            </Button>
            <Button onClick={() => setDeclining(null)}>{t('act.cancel', { ns: 'common' })}</Button>
          </div>
        </div>
      )}
    </article>
  )
}
