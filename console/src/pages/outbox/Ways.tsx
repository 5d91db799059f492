import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { UseQueryResult } from '@tanstack/react-query'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { DataTable } from '../../shared/DataTable'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { PATH } from './Outbox'
import { useJourneys } from './useNames'

type Ways = components['schemas']['Ways']
type Way = Ways['channels'][number]
type Endpoint = Way['endpoints'][number]

/** Something whose messages can be held: a channel, or a journey. */
interface Held {
  kind: 'channel' | 'journey'
  key: string
  name: string
  waiting: number
  pause: components['schemas']['PauseOut'] | null
}

/** What is open and what is not: a switch for every channel and journey, and the endpoints that rest. */
export function Ways({ query }: { query: Pick<UseQueryResult<Ways, unknown>, 'data' | 'error' | 'refetch'> }) {
  const { t } = useTranslation('outbox')
  const format = useFormat()
  const journeys = useJourneys()
  const [asked, setAsked] = useState<Held | null>(null)
  const held = (kind: Held['kind'], row: { key: string; waiting: number; pause: Held['pause'] }, name: string): Held => ({ ...row, kind, name })
  return (
    <Loaded query={query}>
      {(ways) => (
        <div className="stack">
          <Card title={t('ways')} why={t('waysWhy')}>
            <DataTable
              rows={ways.channels}
              rowKey={({ key }) => key}
              columns={[
                { key: 'name', title: t('channel'), render: (row) => <b>{format.named(row)}</b> },
                { key: 'waiting', title: t('waiting'), numeric: true, render: (row) => format.count(row.waiting) },
                { key: 'queued', title: t('queued'), numeric: true, render: (row) => format.count(row.queued) },
                { key: 'oldest', title: t('oldest'), render: (row) => <span className="nowrap">{format.moment(row.oldest)}</span> },
                { key: 'state', title: t('state'), render: (row) => <WayState way={row} /> },
                { key: 'act', title: '', render: (row) => <Switch held={held('channel', row, format.named(row))} onAsk={setAsked} /> },
              ]}
            />
          </Card>
          <Card title={t('journeys')} why={t('journeysWhy')}>
            <DataTable
              rows={ways.journeys}
              rowKey={({ key }) => key}
              empty={<Empty title={t('noJourneys')} text={t('noJourneysText')} />}
              columns={[
                { key: 'name', title: t('journey'), render: (row) => <Link to={`/journeys/${row.key}`}>{journeys.name(row.key)}</Link> },
                { key: 'n', title: t('planned'), numeric: true, render: (row) => format.count(row.n) },
                { key: 'waiting', title: t('waiting'), numeric: true, render: (row) => format.count(row.waiting) },
                { key: 'state', title: t('state'), render: (row) => (row.pause ? <PauseChip pause={row.pause} /> : <Chip tone="good">{t('on')}</Chip>) },
                { key: 'act', title: '', render: (row) => <Switch held={held('journey', row, journeys.name(row.key))} onAsk={setAsked} /> },
              ]}
            />
          </Card>
          {asked && <Ask held={asked} onClose={() => setAsked(null)} />}
        </div>
      )}
    </Loaded>
  )
}

function WayState({ way }: { way: Way }) {
  const { t } = useTranslation('outbox')
  const troubled = way.endpoints.filter(({ phase }) => phase !== 'closed')
  return (
    <span className="line" style={{ gap: 4 }}>
      {way.pause && <PauseChip pause={way.pause} />}
      {troubled.map((row) => (
        <EndpointChip key={row.endpoint} row={row} />
      ))}
      {!way.pause && troubled.length === 0 && <Chip tone="good">{t('on')}</Chip>}
    </span>
  )
}

function EndpointChip({ row }: { row: Endpoint }) {
  const { t } = useTranslation('outbox')
  const format = useFormat()
  const endpoint = t(`endpoint.${row.endpoint as 'send'}`)
  const reason = t('recent', {
    n: row.recent.length,
    failed: [...row.recent].filter((call) => call === 'x').length,
    error: row.error || t('neverFailed'),
  })
  return (
    <Chip tone="bad" reason={reason}>
      {t(`phase.${row.phase}`, { endpoint, until: row.until ? format.time(row.until) : '' })}
    </Chip>
  )
}

function PauseChip({ pause }: { pause: NonNullable<Held['pause']> }) {
  const { t } = useTranslation('outbox')
  const format = useFormat()
  return (
    <Chip tone="warn" reason={t('pausedBy', { by: pause.by, at: format.moment(pause.since) })}>
      {t('paused')}
    </Chip>
  )
}

function Switch({ held, onAsk }: { held: Held; onAsk: (held: Held) => void }) {
  const { t } = useTranslation('outbox')
  const mayWrite = useMayWrite()
  if (!mayWrite) return null
  return (
    <Button size="small" type={held.pause ? 'primary' : 'default'} onClick={() => onAsk(held)}>
      {t(held.pause ? 'goOn' : 'pause')}
    </Button>
  )
}

/** What the switch does, said before it does it. */
function Ask({ held, onClose }: { held: Held; onClose: () => void }) {
  const { t } = useTranslation('outbox')
  const format = useFormat()
  const pausing = held.pause === null
  const put = useAct(
    () =>
      http.PUT('/api/touch/outbox/pauses/{kind}/{key}', {
        params: { path: { kind: held.kind, key: held.key } },
        body: { paused: pausing },
      }),
    { done: t(pausing ? 'pauseDone' : 'goOnDone'), stale: [PATH], then: onClose },
  )
  return (
    <Modal
      open
      title={t(pausing ? 'pauseAsk' : 'goOnAsk', { name: held.name })}
      onCancel={onClose}
      onOk={() => put.mutate(undefined)}
      okText={t(pausing ? 'pause' : 'goOn')}
      okButtonProps={{ loading: put.isPending, danger: pausing }}
      cancelText={t('act.cancel', { ns: 'common' })}
    >
      <p>{t(pausing ? 'pauseWhat' : 'goOnWhat', { n: format.count(held.waiting) })}</p>
    </Modal>
  )
}
