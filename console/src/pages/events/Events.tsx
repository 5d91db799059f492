import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { DataTable } from '../../shared/DataTable'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'

const EventDrawer = later(async () => (await import('./EventDrawer')).EventDrawer)
const NameEvent = later(async () => (await import('./NameEvent')).NameEvent)

export type EventRow = components['schemas']['EventOut']
export const PATH = '/api/facts/events'

/** The tracking plan beside what was really heard. */
export default function Events() {
  const { t } = useTranslation('events')
  const format = useFormat()
  const events = api.useQuery('get', PATH)
  const [naming, setNaming] = useState<EventRow | 'new' | null>(null)
  const [address, set] = useAddress({ event: '' })
  const mayWrite = useMayWrite()
  const unplanned = events.data?.items.filter((row) => !row.planned).length ?? 0
  const open = events.data?.items.find((row) => row.key === address.event)
  const title = events.data === undefined ? 'titleLoading' : unplanned > 0 ? 'title' : 'titleAll'
  return (
    <div className="body">
      <Sentence title={t(title, { n: format.count(events.data?.total), unplanned })} sub={t('sub')} acts={mayWrite && <Button type="primary" onClick={() => setNaming('new')}>{t('add')}</Button>} />
      <Card title={t('list')} why={t('listWhy')}>
        <Loaded query={events}>
          {({ items }) => (
            <DataTable<EventRow>
              rowKey={({ key }) => key}
              rows={items}
              empty={<Empty title={t('none')} text={t('noneText')} />}
              columns={[
                { key: 'name', title: t('name'), render: (row) => <b>{format.named(row) || row.key}</b> },
                { key: 'key', title: t('key'), render: (row) => <code>{row.key}</code> },
                { key: 'state', title: t('state'), render: (row) => <State event={row} /> },
                {
                  key: 'count',
                  title: t('count'),
                  numeric: true,
                  render: (row) => (row.count === 0 ? '—' : t('times', { n: format.count(row.count) })),
                },
                { key: 'first', title: t('first'), render: (row) => <span className="nowrap">{format.day(row.first_seen)}</span> },
                { key: 'last', title: t('last'), render: (row) => <span className="nowrap">{format.moment(row.last_seen)}</span> },
                { key: 'properties', title: t('properties'), render: (row) => <Properties event={row} /> },
                {
                  key: 'act',
                  title: '',
                  render: (row) => (
                    <span className="line" style={{ gap: 4, flexWrap: 'nowrap' }}>
                      {mayWrite && !row.system && (
                        <Button size="small" onClick={() => setNaming(row)}>
                          {t(row.planned ? 'rename' : 'register')}
                        </Button>
                      )}
                      {row.planned && (
                        <Button size="small" onClick={() => set({ event: row.key })}>
                          {t('edit')}
                        </Button>
                      )}
                    </span>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {naming && <NameEvent event={naming === 'new' ? null : naming} onClose={() => setNaming(null)} />}
      {open && <EventDrawer event={open} onClose={() => set({ event: '' })} />}
    </div>
  )
}

function State({ event }: { event: EventRow }) {
  const { t } = useTranslation('events')
  if (event.system) return <Chip>{t('system')}</Chip>
  return <Chip tone={event.planned ? 'good' : 'warn'}>{t(event.planned ? 'planned' : 'unplanned')}</Chip>
}

function Properties({ event }: { event: EventRow }) {
  const { t } = useTranslation('events')
  const format = useFormat()
  const chips = event.properties.map((property) => (
    <Chip
      key={property.key}
      tone={property.misfits > 0 ? 'warn' : 'plain'}
      reason={property.misfits > 0 ? t('misfits', { n: format.count(property.misfits) }) : undefined}
    >
      {format.named(property) || property.key} · {t(`kind.${property.kind}`)}
    </Chip>
  ))
  return (
    <span className="line" style={{ gap: 4 }}>
      {chips}
    </span>
  )
}
