import { Button, Popconfirm, Progress } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryClient } from '@tanstack/react-query'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'

type Intake = components['schemas']['IntakeOut']

const POLL_MS = 1_500
const isOpen = ({ state }: Intake) => state === 'choosing' || state === 'running'

/** Many people on their way in: how far each lot has come, and a way to call it off. */
export function Intakes({ journeyKey, isPaused }: { journeyKey: string; isPaused: boolean }) {
  const queries = useQueryClient()
  const intakes = api.useQuery(
    'get',
    '/api/journeys/{key}/intakes',
    { params: { path: { key: journeyKey } } },
    { refetchInterval: ({ state }) => (state.data?.some(isOpen) ? POLL_MS : false) },
  )
  const rows = intakes.data ?? []
  const open = rows.filter(isOpen).length
  const before = useRef(0)
  useEffect(() => {
    // Once a lot is in, the people at the steps are others.
    if (open < before.current)
      void queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]) === '/api/journeys/{key}' })
    before.current = open
  }, [open, queries])
  if (rows.length === 0) return null
  return (
    <div className="stack" role="status">
      {rows.map((row) => (
        <IntakeLine key={row.id} intake={row} journeyKey={journeyKey} isPaused={isPaused} />
      ))}
    </div>
  )
}

function IntakeLine({ intake, journeyKey, isPaused }: { intake: Intake; journeyKey: string; isPaused: boolean }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const path = { key: journeyKey, intake_id: intake.id }
  const cancel = useAct(() => http.POST('/api/journeys/{key}/intakes/{intake_id}/cancel', { params: { path } }), {
    done: t('intake.calledOff'),
    stale: ['/api/journeys'],
  })
  const { state, total, looked, entered } = intake
  const numbers = { total: format.count(total), looked: format.count(looked), entered: format.count(entered) }
  return (
    <div className="line">
      <span className="sub">
        {t(`intake.by.${intake.event as 'manual'}`, { defaultValue: intake.event })} · {format.moment(intake.at)}
      </span>
      {isOpen(intake) && total > 0 && (
        <Progress
          percent={Math.floor((100 * looked) / total)}
          size="small"
          style={{ width: 160 }}
          aria-label={t('intake.progress')}
        />
      )}
      <span>
        {t(`intake.state.${state}`, numbers)}
        {isOpen(intake) && isPaused && t('intake.paused')}
        {intake.message}
      </span>
      {mayWrite && isOpen(intake) && (
        <Popconfirm title={t('intake.cancelAsk', numbers)} onConfirm={() => cancel.mutate(undefined)}>
          <Button size="small">{t('intake.cancel')}</Button>
        </Popconfirm>
      )}
    </div>
  )
}
