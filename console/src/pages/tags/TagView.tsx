import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { http } from '../../api/client'
import { useMayWrite, useSeesAll } from '../../api/session'
import { useKnown } from '../../conditions/useKnown'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Insight } from './Insight'
import { Swatch } from './Swatch'
import type { Tag } from './Tags'
import { peopleWith } from './people'

const Bulk = later(async () => (await import('./Bulk')).Bulk)

/** One tag: what it means, who has which value, who uses it. */
export function TagView({ tag, onEdit, onRemoved }: { tag: Tag; onEdit: () => void; onRemoved: () => void }) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const seesAll = useSeesAll()
  const [bulk, setBulk] = useState(false)
  const remove = useAct(() => http.DELETE('/api/insight/tags/{key}', { params: { path: { key: tag.key } } }), {
    done: t('removed'),
    stale: ['/api/insight'],
    then: onRemoved,
  })
  return (
    <div className="stack">
      <div className="card calm">
        <Swatch colour={tag.colour} />
        {tag.sentence || t('byHand')}
      </div>
      {tag.note !== '' && <p>{tag.note}</p>}
      <table className="facts">
        <tbody>
          <tr>
            <th scope="row">{t('people')}</th>
            <td>
              <Link to={peopleWith({ tag: tag.key })}>{tag.count === null ? t('notYet') : format.people(tag.count)}</Link>{' '}
              <span className="sub">{format.rate(tag.share)}</span>
            </td>
          </tr>
          <tr>
            <th scope="row">{t('computed')}</th>
            <td>{format.moment(tag.computed_at)}</td>
          </tr>
          {tag.expires_after_days !== null && (
            <tr>
              <th scope="row">{t('term')}</th>
              <td>{t('termOf', { n: tag.expires_after_days })}</td>
            </tr>
          )}
          <tr>
            <th scope="row">{t('use')}</th>
            <td>{tag.used_by.length === 0 ? t('idleWhy') : tag.used_by.map((use) => <Use key={use} use={use} />)}</td>
          </tr>
        </tbody>
      </table>
      {tag.values.length > 0 && <Values tag={tag} />}
      {seesAll && <Insight tag={tag} />}
      {mayWrite && (
        <div className="line">
          {tag.source === 'manual' && seesAll && <Button onClick={() => setBulk(true)}>{t('bulk')}</Button>}
          {(tag.source === 'manual' || tag.source === 'rule') && (
            <Button onClick={onEdit}>{t('act.edit', { ns: 'common' })}</Button>
          )}
          <Popconfirm title={t('removeAsk')} onConfirm={() => remove.mutate(undefined)}>
            <Button danger>{t('remove')}</Button>
          </Popconfirm>
        </div>
      )}
      {bulk && <Bulk tag={tag} onClose={() => setBulk(false)} />}
    </div>
  )
}

/** A definition that refers to the tag ("audience:warm_leads"), by name, one click away. */
function Use({ use }: { use: string }) {
  const { t } = useTranslation('tags')
  const known = useKnown()
  const [kind = '', key = ''] = use.split(':')
  const uses: Record<string, { to: string; name: string }> = {
    tag: { to: `/tags?tag=${key}`, name: known.tag(key) },
    layer: { to: `/layers?model=${key}`, name: known.model(key) },
    audience: { to: `/audiences/${key}`, name: known.audience(key) },
    journey: { to: `/journeys/${key}`, name: known.journey(key) },
  }
  const found = uses[kind]
  if (!found) return <div>{use}</div>
  return (
    <div>
      <Link to={found.to}>{t(`uses.${kind as 'tag'}`, { name: found.name })}</Link>
    </div>
  )
}

function Values({ tag }: { tag: Tag }) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const most = Math.max(1, ...tag.values.map(({ n }) => n))
  return (
    <table className="grid">
      <thead>
        <tr>
          <th>{t('value')}</th>
          <th className="num">{t('people')}</th>
          <th style={{ width: '40%' }} aria-hidden />
        </tr>
      </thead>
      <tbody>
        {tag.values.slice(0, 20).map(({ n, ...value }) => (
          <tr key={value.key}>
            <td>
              <Link to={peopleWith({ tag: tag.key, op: 'eq', value: value.key })}>{format.named(value)}</Link>
            </td>
            <td className="num">{format.people(n)}</td>
            <td>
              <div className="mbar" style={{ marginTop: 0 }} aria-hidden>
                <i style={{ width: `${(n / most) * 100}%` }} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
