import { Button, Popconfirm, Switch } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWork, useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { sayAttribute } from './attributes'

const EditCustomer = later(async () => (await import('./EditCustomer')).EditCustomer)
const MergeCustomer = later(async () => (await import('./MergeCustomer')).MergeCustomer)

export type Card = components['schemas']['CustomerCard']
const CARD = '/api/people/customers'

/** The left column: name, identities, owner, consent, relations, household, merges. */
export function Who({ customer, children }: { customer: Card; children?: ReactNode }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const mayWork = useMayWork()
  const mayWrite = useMayWrite()
  const [editing, setEditing] = useState(false)
  const [merging, setMerging] = useState(false)
  const sources = api.useQuery('get', '/api/people/sources')
  const attributes = api.useQuery('get', '/api/people/attributes')
  const source = sources.data?.find(({ key }) => key === customer.source)
  const optedOut = isOptedOut(customer)
  const consent = useAct(
    (allowed: boolean) =>
      http.POST('/api/people/customers/{cid}/consents', {
        params: { path: { cid: customer.cid } },
        body: { channel: '*', purpose: 'marketing', allowed },
      }),
    { done: t('consentSaved'), stale: [CARD] },
  )
  return (
    <section className="card stack-8" aria-label={t('who')}>
      <div className="who-head">
        <span className="avatar" aria-hidden>
          {(customer.name || '?').slice(0, 1)}
        </span>
        <div>
          <div className="who-name">{customer.name || t('unnamed', { cid: customer.cid })}</div>
          <div className="sub">{customer.identities.find(({ type }) => type === 'phone')?.shown ?? `#${customer.cid}`}</div>
        </div>
      </div>
      {customer.state !== 'live' && <Chip tone="bad">{t(`state.${customer.state}`)}</Chip>}
      {children}
      <table className="facts">
        <tbody>
          <Row name={t('owner')}>{customer.owner?.name ?? '—'}</Row>
          <Row name={t('source')}>
            {source ? format.named(source) : customer.source || '—'} · {format.day(customer.first_seen_at)}
          </Row>
          {attributes.data
            ?.filter(({ key }) => customer.attrs[key] !== undefined && customer.attrs[key] !== null)
            .map((attribute) => (
              <Row key={attribute.key} name={format.named(attribute)}>
                {sayAttribute(format, attribute, customer.attrs[attribute.key])}
              </Row>
            ))}
          {Object.entries(customer.extras).map(([key, value]) => (
            <Row key={key} name={key}>
              {sayAttribute(format, { kind: 'text' }, value)}
            </Row>
          ))}
          <Row name={t('identities')}>
            <Identities customer={customer} />
          </Row>
          <Row name={t('relations')}>
            {customer.relations.length === 0
              ? '—'
              : customer.relations.map((relation) => (
                  <div key={`${relation.staff.key}${relation.since}`}>
                    {relation.staff.name}
                    <span className="sub">
                      {' '}
                      {relation.state === 'active'
                        ? t('since', { day: format.day(relation.since) })
                        : t('until', { day: format.day(relation.until) })}
                    </span>
                    {relation.state === 'lost' && <Chip tone="bad">{t('lost')}</Chip>}
                  </div>
                ))}
          </Row>
          {customer.households.map((household) => (
            <Row key={household.key} name={t('household')}>
              {household.others.map((other) => (
                <div key={other.cid}>
                  <Link to={`/customers/${other.cid}`}>{other.name || `#${other.cid}`}</Link>{' '}
                  <span className="sub">{other.role}</span>
                </div>
              ))}
            </Row>
          ))}
          <Row name={t('marketing')}>
            <Switch
              size="small"
              checked={!optedOut}
              disabled={!mayWork}
              aria-label={t('marketing')}
              onChange={(allowed) => consent.mutate(allowed)}
            />{' '}
            <span className={optedOut ? 'bad' : 'sub'}>{t(optedOut ? 'optedOut' : 'allowed')}</span>
          </Row>
        </tbody>
      </table>
      <Merges customer={customer} />
      <div className="line">
        {mayWork && (
          <Button size="small" onClick={() => setEditing(true)}>
            {t('act.edit', { ns: 'common' })}
          </Button>
        )}
        {mayWrite && (
          <Button size="small" onClick={() => setMerging(true)}>
            {t('merge')}
          </Button>
        )}
      </div>
      {editing && <EditCustomer customer={customer} onClose={() => setEditing(false)} />}
      {merging && <MergeCustomer customer={customer} onClose={() => setMerging(false)} />}
    </section>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{children}</td>
    </tr>
  )
}

/** Marketing through every channel is refused when the newest statement about it says so. */
function isOptedOut(customer: Card): boolean {
  const said = customer.consents
    .filter(({ channel, purpose }) => channel === '*' && (purpose === 'marketing' || purpose === '*'))
    .sort((a, b) => b.at.localeCompare(a.at))
  return said[0] !== undefined && !said[0].allowed
}

function Identities({ customer }: { customer: Card }) {
  const { t } = useTranslation('customers')
  const mayWork = useMayWork()
  const [clear, setClear] = useState<Record<number, string>>({})
  const reveal = useAct(async (iid: number) => {
    const { data } = await http.POST('/api/people/customers/{cid}/identities/{iid}/reveal', {
      params: { path: { cid: customer.cid, iid } },
    })
    setClear((before) => ({ ...before, [iid]: data?.value ?? '' }))
  })
  return customer.identities.map(({ iid, type, shown, sealed }) => (
    <div key={iid} className="identity">
      <span>
        <span className="sub">{t(`identity.${type as 'phone'}`, { defaultValue: type })}</span> {clear[iid] ?? shown}
      </span>
      {sealed && clear[iid] === undefined && mayWork && (
        <Popconfirm title={t('revealAsk')} onConfirm={() => reveal.mutate(iid)}>
          <Button size="small" type="link">
            {t('reveal')}
          </Button>
        </Popconfirm>
      )}
    </div>
  ))
}

function Merges({ customer }: { customer: Card }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const undo = useAct(
    (id: number) => http.DELETE('/api/people/merges/{merge_id}', { params: { path: { merge_id: id } } }),
    { done: t('unmerged'), stale: [CARD] },
  )
  return customer.merges.map((merge) => (
    <div key={merge.id} className="small mute">
      {t('mergedBy', { actor: merge.actor, day: format.day(merge.at) })}{' '}
      {mayWrite && (
        <Popconfirm title={t('unmergeAsk')} onConfirm={() => undo.mutate(merge.id)}>
          <Button size="small" type="link">
            {t('unmerge')}
          </Button>
        </Popconfirm>
      )}
    </div>
  ))
}
