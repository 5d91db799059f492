import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import { useMayWrite, useSeesAll } from '../../api/session'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Combine } from './Combine'

/** Whom we speak to: every audience as a sentence, with how many are in it. */
export function AudienceList() {
  const { t } = useTranslation('audiences')
  const format = useFormat()
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
          <>
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
              <div className="card scroll-x">
                <table className="grid">
                  <thead>
                    <tr>
                      <th>{t('name')}</th>
                      <th>{t('who')}</th>
                      <th className="num">{t('size')}</th>
                      <th>{t('kind')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((audience) => (
                      <tr key={audience.key}>
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
                          {audience.frozen_at === null ? (
                            <Chip tone="good">{t('live')}</Chip>
                          ) : (
                            <Chip tone="info">{t('frozenAt', { day: format.day(audience.frozen_at) })}</Chip>
                          )}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </>
        )}
      </Loaded>
  )
}
