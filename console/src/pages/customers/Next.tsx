import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, http } from '../../api/client'
import { useQuery } from '@tanstack/react-query'
import type { components } from '../../api/schema'
import { useKnown } from '../../conditions/useKnown'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Loaded, Skeleton } from '../../shared/PageState'
import { TaskCard } from '../tasks/TaskCard'
import { NextProducts } from './NextProducts'
import type { Card as Customer } from './Who'

const PENDING = new Set(['intended', 'deferred', 'queued', 'handed_over'])

/** The right column: what is due, what comes by itself, what they may buy next, which journeys, and why these audiences. */
export function Next({ customer, audiences }: { customer: Customer; audiences: components['schemas']['Named'][] }) {
  return (
    <div className="stack">
      <Due customer={customer} />
      <NextProducts cid={customer.cid} />
      <Passages cid={customer.cid} />
      {audiences.length > 0 && <Why cid={customer.cid} audiences={audiences} />}
    </div>
  )
}

function Due({ customer }: { customer: Customer }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const staff = customer.owner?.key
  const tasks = api.useQuery(
    'get',
    '/api/touch/tasks',
    { params: { query: { state: 'open', staff, size: 200 } } },
    { enabled: staff !== undefined },
  )
  const touches = api.useQuery('get', '/api/touch/touches', { params: { query: { cid: customer.cid, size: 50 } } })
  const due = tasks.data?.items.filter(({ cid }) => cid === customer.cid) ?? []
  const coming = touches.data?.items.filter(({ state, shadow }) => PENDING.has(state) && !shadow) ?? []
  return (
    <Card title={t('now')} className={due.length > 0 ? 'calm' : ''} why={due.length > 0 ? undefined : t('nowNothing')}>
      <div className="stack-8">
        {due.map((task) => (
          <TaskCard key={task.id} task={task} />
        ))}
        {coming.map((touch) => (
          <div key={touch.id}>
            <div className="sub">{t('comesAt', { at: format.moment(touch.due_at), sender: touch.sender_name || '—' })}</div>
            <div className="message-preview">{touch.text}</div>
            <div className="sub">{format.language === 'en' ? touch.why_en : touch.why_zh}</div>
          </div>
        ))}
      </div>
    </Card>
  )
}

function Passages({ cid }: { cid: number }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const known = useKnown()
  const runs = api.useQuery('get', '/api/journeys/customers/{cid}', { params: { path: { cid }, query: { size: 20 } } })
  return (
    <Card title={t('inJourneys')}>
      <Loaded query={runs} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="sub">{t('noJourneys')}</p>
          ) : (
            <table className="grid">
              <tbody>
                {items.map((run) => (
                  <tr key={run.id}>
                    <td>
                      <Link to={`/journeys/${run.journey}?tab=people&run=${run.id}`}>{known.journey(run.journey)}</Link>
                      <div className="sub">
                        {run.ended_at === null
                          ? run.arm === ''
                            ? t('entersAt', { at: format.moment(run.next_at) })
                            : t('atStep', { step: run.step_title || run.step, at: format.moment(run.next_at) })
                          : t('endedAt', { day: format.day(run.ended_at) })}
                      </div>
                    </td>
                    <td className="num">
                      {run.arm !== '' && (
                        <Chip tone={run.untreated ? 'plain' : 'good'}>{t(run.untreated ? 'control' : 'treated')}</Chip>
                      )}
                      {run.converted_at !== null && <Chip tone="good">{t('converted')}</Chip>}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Card>
  )
}

function Why({ cid, audiences }: { cid: number; audiences: { key: string; name_zh: string; name_en: string }[] }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const [open, setOpen] = useState(audiences[0]?.key ?? '')
  return (
    <Card title={t('whyAudiences')}>
      <div className="line">
        {audiences.map((audience) => (
          <button
            key={audience.key}
            type="button"
            className={`chip ${audience.key === open ? 'good' : ''}`}
            aria-pressed={audience.key === open}
            onClick={() => setOpen(audience.key)}
          >
            {format.named(audience)}
          </button>
        ))}
      </div>
      {open !== '' && <Explanation key={open} cid={cid} audience={open} />}
    </Card>
  )
}

function Explanation({ cid, audience }: { cid: number; audience: string }) {
  const format = useFormat()
  const found = useQuery({
    queryKey: ['explain', audience, cid],
    queryFn: async () => {
      const { data } = await http.GET('/api/insight/audiences/{key}', { params: { path: { key: audience } } })
      if (data?.frozen_at !== null) return null
      return (await http.POST('/api/insight/explain', { body: { condition: data.condition, cid } })).data ?? null
    },
  })
  if (found.data === undefined) return <Skeleton rows={2} />
  return (
    <ul className="reasons">
      {found.data?.leaves.map((leaf) => (
        <li key={leaf.path} className={leaf.ok ? '' : 'mute'}>
          {leaf.ok ? '✓' : '✗'} {leaf.sentence}
          {format.aside(leaf.found)}
        </li>
      ))}
    </ul>
  )
}
