import { Drawer } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import { useNames } from './names'
import { sayReason } from './words'

const BAD = new Set(['skipped', 'dropped', 'failed', 'expired', 'cancelled', 'not_done', 'rejected', 'timeout', 'nobody'])

/** Every step one person took and why: the condition as a sentence, the wait that ended, the message and its fate. */
export function TraceDrawer({ runId, onClose }: { runId: number; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const names = useNames()
  const trace = api.useQuery('get', '/api/journeys/runs/{run_id}', { params: { path: { run_id: runId } } })
  const run = trace.data?.run
  return (
    <Drawer
      open
      onClose={onClose}
      size={520}
      title={run ? t('traceOf', { name: run.customer_name || `#${run.cid}`, journey: run.journey_name }) : t('trace')}
    >
      <Loaded query={trace}>
        {({ run: passage, steps }) => (
          <ol className="timeline">
            <li className="good">
              <b>{t('start')}</b> <Chip tone={passage.untreated ? 'plain' : 'good'}>{t(passage.untreated ? 'controlArm' : 'treated')}</Chip>
              <span className="sub"> {format.moment(passage.entered_at)}</span>
            </li>
            {steps.map((step, at) => (
              <li key={at} className={BAD.has(step.outcome) ? 'bad' : step.kind === 'message' ? 'good' : ''}>
                <b>{step.title || t(`kind.${step.kind as 'wait'}`)}</b>{' '}
                <span className="sub">
                  {t(`outcome.${step.outcome as 'done'}`, { defaultValue: step.outcome })} · {format.moment(step.at)}
                </span>
                {step.sentence !== '' && <div className="sub">{t('because', { sentence: step.sentence })}</div>}
                {step.touch && (
                  <div className="message-preview">
                    {step.touch.text}
                    <div className="small mute">
                      {step.touch.marks
                        .map((mark) => `${t(`outcome.${mark.state as 'sent'}`, { defaultValue: mark.state })} ${format.moment(mark.at)}`)
                        .join(' → ')}
                    </div>
                  </div>
                )}
              </li>
            ))}
            {passage.ended_at !== null && (
              <li className="mute">
                <b>{t('ended')}</b> {sayReason(passage.end_reason, t, names.event)}
                <span className="sub"> {format.moment(passage.ended_at)}</span>
              </li>
            )}
          </ol>
        )}
      </Loaded>
    </Drawer>
  )
}
