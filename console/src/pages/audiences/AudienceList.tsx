import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite, useSeesAll } from '../../api/session'
import { useAddress } from '../../shared/address'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Sparkline } from '../../shared/Sparkline'
import { KindChip } from './KindChip'
import { UsedBy } from './UsedBy'

const Combine = later(async () => (await import('./Combine')).Combine)

type AudienceOut = components['schemas']['AudienceOut']

/** Whom we speak to: every audience as a sentence, with how many are in it. */
export function AudienceList() {
  const { t } = useTranslation('audiences')
  const mayWrite = useMayWrite()
  const seesAll = useSeesAll()
  const [combining, setCombining] = useState(false)
  const audiences = api.useQuery('get', '/api/insight/audiences')
  const add = mayWrite && (
    <Link to="/audiences/new">
      <Button type="primary">{t('new')}</Button>
    </Link>
  )
  return (
      <Loaded query={audiences}>
        {({ items }) => (
          <div className="stack">
            <Sentence
              title={t('title', { n: items.length })}
              sub={t('sub')}
              acts={
                <>
                  {seesAll && items.length > 1 && (
                    <Link to="/audiences/overlap">
                      <Button>{t('overlap')}</Button>
                    </Link>
                  )}
                  {mayWrite && items.length > 1 && <Button onClick={() => setCombining(true)}>{t('combine')}</Button>}
                  {add}
                </>
              }
            />
            {combining && <Combine audiences={items} onClose={() => setCombining(false)} />}
            {items.length === 0 ? (
              <Empty title={t('none')} text={t('noneText')} act={add} />
            ) : (
              <AudienceTable audiences={items} />
            )}
          </div>
        )}
      </Loaded>
  )
}

// Fewer are found by looking.
const SEARCHED = 10

function AudienceTable({ audiences }: { audiences: readonly AudienceOut[] }) {
  const { t } = useTranslation('audiences')
  const [address, set] = useAddress({ find: '' })
  const wanted = address.find.trim().toLowerCase()
  const shown = audiences.filter(({ name_zh: zh, name_en: en }) => `${zh}\n${en}`.toLowerCase().includes(wanted))
  return (
    <>
      {audiences.length > SEARCHED && (
        <Input.Search
          allowClear
          aria-label={t('find')}
          placeholder={t('find')}
          value={address.find}
          onChange={(event) => set({ find: event.target.value })}
          style={{ maxWidth: 280 }}
        />
      )}
      {shown.length === 0 ? (
        <Empty title={t('noneFound', { text: address.find })} text={t('noneFoundText')} />
      ) : (
        <div className="card scroll-x">
          <table className="grid" aria-label={t('tab.audiences')}>
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th>{t('who')}</th>
                <th className="num">{t('size')}</th>
                <th>{t('trend')}</th>
                <th>{t('kind')}</th>
                <th>{t('computedAt')}</th>
                <th>{t('users')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((audience) => (
                <AudienceRow key={audience.key} audience={audience} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function AudienceRow({ audience }: { audience: AudienceOut }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const known = audience.trend.flatMap(({ n }) => (n === null ? [] : [n]))
  return (
    <tr>
      <td className="nowrap">
        <Link to={`/audiences/${audience.key}`} className="strong">
          {format.named(audience)}
        </Link>
      </td>
      <td>
        {audience.sentence}
        {audience.note !== '' && <div className="sub">{audience.note}</div>}
      </td>
      <td className="num strong">{audience.n === null ? t('notYet') : format.people(audience.n)}</td>
      <td>
        {known.length > 0 && (
          <Sparkline
            values={audience.trend.map(({ n }) => n)}
            label={t('trendOf', { from: format.count(known[0]), to: format.people(known.at(-1)) })}
          />
        )}
      </td>
      <td className="nowrap">
        <KindChip audience={audience} />
        {audience.next_run !== null && <div className="sub">{t('nextRun', { at: format.moment(audience.next_run) })}</div>}
      </td>
      <td className="nowrap">
        <Computed audience={audience} />
      </td>
      <td>{audience.used_by.length === 0 ? <span className="sub">—</span> : <UsedBy users={audience.used_by} />}</td>
    </tr>
  )
}

/** As of when the members are, how long that took, and whether it came late. */
function Computed({ audience }: { audience: AudienceOut }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  if (audience.frozen_at !== null || audience.as_of === null) return <span className="sub">—</span>
  return (
    <>
      {format.moment(audience.as_of)}
      {audience.ms !== null && <div className="sub">{t('took', { ms: format.count(audience.ms) })}</div>}
      {audience.late_from !== null && <div className="sub">{t('late', { at: format.moment(audience.late_from) })}</div>}
    </>
  )
}
