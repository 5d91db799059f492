import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Card } from '../../shared/Card'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'

const PATH = '/api/touch/stop'

/** The switch that stops all sending. It says what it does before it does it. */
export function SendStop() {
  const { t } = useTranslation('settings')
  const mayWrite = useMayWrite()
  const stop = api.useQuery('get', PATH)
  const [asking, setAsking] = useState(false)
  const put = useAct(async (stopped: boolean) => http.PUT(PATH, { body: { stopped } }), {
    done: ({ data }) => t(data?.stopped ? 'stop.done' : 'stop.resumed'),
    stale: [PATH],
    then: () => setAsking(false),
  })
  return (
    <Loaded query={stop} rows={2}>
      {({ stopped }) => (
        <Card
          className={stopped ? 'alarm' : ''}
          title={t(stopped ? 'stop.isStopped' : 'stop.isOn')}
          why={t(stopped ? 'stop.isStoppedWhy' : 'stop.isOnWhy')}
          acts={
            mayWrite && (
              <Button danger={!stopped} type={stopped ? 'primary' : 'default'} onClick={() => setAsking(true)}>
                {t(stopped ? 'stop.resume' : 'stop.stop')}
              </Button>
            )
          }
        >
          {asking && (
            <Ask stopped={stopped} busy={put.isPending} onSure={() => put.mutate(!stopped)} onClose={() => setAsking(false)} />
          )}
        </Card>
      )}
    </Loaded>
  )
}

function Ask({
  stopped,
  busy,
  onSure,
  onClose,
}: {
  stopped: boolean
  busy: boolean
  onSure: () => void
  onClose: () => void
}) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const waiting = useWaiting()
  const effects = stopped
    ? (['goes', 'judged', 'lost'] as const)
    : (['all', 'waits', 'expires', 'gone', 'journeys'] as const)
  return (
    <Modal
      open
      title={t(stopped ? 'stop.askResume' : 'stop.askStop')}
      onCancel={onClose}
      onOk={onSure}
      okText={t(stopped ? 'stop.sureResume' : 'stop.sureStop')}
      okButtonProps={{ danger: !stopped, loading: busy }}
      cancelText={t('act.cancel', { ns: 'common' })}
    >
      <ul>
        {effects.map((effect) => (
          <li key={effect}>{t(`stop.effect.${effect}`)}</li>
        ))}
      </ul>
      <p className="strong">{t('stop.waiting', { n: format.count(waiting) })}</p>
    </Modal>
  )
}

/** How many messages are arranged and have not gone out yet; null until all are counted. */
function useWaiting(): number | null {
  const counts = [useCount('intended'), useCount('deferred'), useCount('queued')]
  return counts.reduce<number | null>((sum, n) => (sum === null || n === undefined ? null : sum + n), 0)
}

function useCount(state: string): number | undefined {
  return api.useQuery('get', '/api/touch/touches', { params: { query: { state, size: 1 } } }).data?.total
}
