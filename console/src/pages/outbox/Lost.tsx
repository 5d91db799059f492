import { Button, Checkbox, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import { QueryTable, type Column } from '../../shared/QueryTable'
import { usePaging } from '../../shared/usePaging'
import { PATH } from './Outbox'
import { useChannels, useJourneys } from './useNames'

type Row = components['schemas']['LostOut']

/** Messages that did not arrive, or of which nobody knows: why, and the one act that cannot send twice. */
export function Lost({ state }: { state: 'failed' | 'unknown' }) {
  const { t } = useTranslation('outbox')
  const format = useFormat()
  const channels = useChannels()
  const journeys = useJourneys()
  const mayWrite = useMayWrite()
  const { filters, query, paging, setFilters } = usePaging({ channel: '', journey: '' })
  const [chosen, setChosen] = useState<number[]>([])
  const rows = api.useQuery('get', `${PATH}/lost`, {
    params: { query: { ...query, state, channel: filters.channel || undefined, journey: filters.journey || undefined } },
  })
  const actable = (rows.data?.items ?? []).filter((row) => mayAct(row, state)).map(({ id }) => id)
  const ready = chosen.filter((id) => actable.includes(id))
  const choose = (ids: number[], on: boolean) => setChosen(on ? [...new Set([...chosen, ...ids])] : chosen.filter((id) => !ids.includes(id)))
  const name = (row: Row) => row.customer_name || t('nameless')
  const box: Column<Row> = {
    key: 'select',
    title: t('choice'),
    render: (row) => (
      <Checkbox
        aria-label={t('select', { name: name(row) })}
        disabled={!actable.includes(row.id)}
        checked={chosen.includes(row.id)}
        onChange={({ target }) => choose([row.id], target.checked)}
      />
    ),
  }
  return (
    <Card title={t(state)} why={t(`${state}Why`)}>
      <QueryTable<Row>
        name={`outbox.${state}`}
        query={rows}
        rowKey={({ id }) => id}
        paging={paging}
        empty={<Empty title={t(state === 'failed' ? 'noFailed' : 'noUnknown')} text={t(state === 'failed' ? 'noFailedText' : 'noUnknownText')} />}
        bar={
          <span className="line">
            <Select
              aria-label={t('channel')}
              style={{ minWidth: 140 }}
              value={filters.channel}
              options={[{ value: '', label: t('anyChannel') }, ...channels.options]}
              onChange={(channel) => setFilters({ channel })}
            />
            <Select
              aria-label={t('journey')}
              style={{ minWidth: 160 }}
              value={filters.journey}
              options={[{ value: '', label: t('anyJourney') }, ...journeys.options]}
              onChange={(journey) => setFilters({ journey })}
            />
            {mayWrite && actable.length > 0 && (
              <>
                <Checkbox
                  checked={ready.length === actable.length}
                  indeterminate={ready.length > 0 && ready.length < actable.length}
                  onChange={({ target }) => choose(actable, target.checked)}
                >
                  {t('selectAll')}
                </Checkbox>
                <Act state={state} ids={ready} onDone={() => setChosen([])} />
              </>
            )}
          </span>
        }
        columns={[
          ...(mayWrite ? [box] : []),
          { key: 'customer', title: t('customer'), render: (row) => <Link to={`/customers/${row.cid}`}>{name(row)}</Link> },
          { key: 'text', title: t('text'), render: (row) => <span className="clip">{row.text}</span> },
          { key: 'channel', title: t('channel'), render: (row) => channels.name(row.channel) },
          { key: 'journey', title: t('journey'), render: (row) => (row.journey ? journeys.name(row.journey) : t('noJourney')) },
          { key: 'sender', title: t('sender'), render: (row) => row.sender_name || '—', optional: true },
          { key: 'when', title: t('when'), render: (row) => <span className="nowrap">{format.moment(row.due_at)}</span> },
          { key: 'reason', title: t('reason'), render: (row) => (format.language === 'en' ? row.why_en : row.why_zh) },
          { key: 'tries', title: t('tries'), numeric: true, render: (row) => t('times', { n: row.tries }) },
          { key: 'may', title: '', render: (row) => <May row={row} state={state} /> },
        ]}
      />
    </Card>
  )
}

function mayAct(row: Row, state: 'failed' | 'unknown'): boolean {
  return state === 'failed' ? row.may_retry : row.may_look_up
}

function May({ row, state }: { row: Row; state: 'failed' | 'unknown' }) {
  const { t } = useTranslation('outbox')
  if (mayAct(row, state)) return null
  return state === 'failed' ? <Chip reason={t('mayNotWhy')}>{t('mayNot')}</Chip> : <Chip>{t('cannotLookUp')}</Chip>
}

/** The act on what is selected; sending again is asked for once more, looking up changes nothing for a person. */
function Act({ state, ids, onDone }: { state: 'failed' | 'unknown'; ids: number[]; onDone: () => void }) {
  const { t } = useTranslation('outbox')
  const outcome = { stale: [PATH], then: onDone }
  const retry = useAct(() => http.POST('/api/touch/outbox/retry', { body: { ids } }), {
    ...outcome,
    done: ({ data }) => t('retried', { n: data?.touches.length ?? 0 }),
  })
  const lookUp = useAct(() => http.POST('/api/touch/outbox/look-up', { body: { ids } }), {
    ...outcome,
    done: ({ data }) => t('lookedUp', { found: data?.found ?? 0, absent: data?.absent ?? 0, silent: data?.silent ?? 0 }),
  })
  if (state === 'unknown')
    return (
      <Button disabled={ids.length === 0} loading={lookUp.isPending} onClick={() => lookUp.mutate(undefined)}>
        {t('lookUpMany', { n: ids.length })}
      </Button>
    )
  return (
    <Popconfirm
      title={t('retryAsk', { n: ids.length })}
      description={t('retryWhat')}
      okText={t('retry')}
      cancelText={t('act.cancel', { ns: 'common' })}
      disabled={ids.length === 0}
      onConfirm={() => retry.mutate(undefined)}
    >
      <Button disabled={ids.length === 0} loading={retry.isPending}>
        {t('retryMany', { n: ids.length })}
      </Button>
    </Popconfirm>
  )
}
