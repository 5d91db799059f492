import { Alert, Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { later } from '../../shared/later'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { STATE_TONES } from './names'

const FileEditor = later(async () => (await import('./FileEditor')).FileEditor)
const Limits = later(async () => (await import('./Limits')).Limits)

export type JourneyRow = components['schemas']['JourneyRow']

/** Every SOP: what runs, who is inside, what came of it. */
export default function Journeys() {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const [adding, setAdding] = useState(false)
  const [limiting, setLimiting] = useState(false)
  const journeys = api.useQuery('get', '/api/journeys')
  const stopAll = useAct((stopped: boolean) => http.POST('/api/journeys/stop-all', { body: { stopped } }), {
    done: ({ data }) => t(data?.all_stopped ? 'stoppedAll' : 'resumed'),
    stale: ['/api/journeys'],
  })
  return (
    <div className="body">
      <Loaded query={journeys}>
        {({ items, all_stopped: allStopped }) => (
          <>
            <Sentence
              title={t('title', {
                live: items.filter(({ state }) => state === 'live').length,
                inside: format.count(items.reduce((sum, { inside }) => sum + inside, 0)),
              })}
              sub={t('sub')}
              acts={
                mayWrite && (
                  <>
                    {allStopped ? (
                      <Button onClick={() => stopAll.mutate(false)}>{t('resumeAll')}</Button>
                    ) : (
                      <Popconfirm title={t('stopAll')} description={t('stopAllAsk')} onConfirm={() => stopAll.mutate(true)}>
                        <Button danger>{t('stopAll')}</Button>
                      </Popconfirm>
                    )}
                    <Button onClick={() => setLimiting(true)}>{t('limits.act')}</Button>
                    <Button onClick={() => setAdding(true)}>{t('newFile')}</Button>
                    <Link to={`/journeys/${newKey('staff')}/edit?new=1&subject=staff`}>
                      <Button>{t('newStaff')}</Button>
                    </Link>
                    <Link to={`/journeys/${newKey('journey')}/edit?new=1`}>
                      <Button type="primary">{t('new')}</Button>
                    </Link>
                  </>
                )
              }
            />
            {allStopped && <Alert type="warning" showIcon title={t('allStopped')} />}
            {items.length === 0 ? <Empty title={t('none')} text={t('noneText')} /> : <JourneyTable rows={items} />}
          </>
        )}
      </Loaded>
      {limiting && <Limits onClose={() => setLimiting(false)} />}
      {adding && <FileEditor journey={null} onClose={() => setAdding(false)} />}
    </div>
  )
}

function JourneyTable({ rows }: { rows: JourneyRow[] }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  return (
    <div className="card scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th>{t('name')}</th>
            <th>{t('stateHead')}</th>
            <th className="num">{t('inside')}</th>
            <th className="num">{t('enteredHead')}</th>
            <th className="num">{t('converted')}</th>
            <th className="num">{t('control')}</th>
            <th>{t('updated')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td style={{ minWidth: 260 }}>
                <Link to={`/journeys/${row.key}`} className="strong">
                  {format.named({ name_zh: row.name, name_en: row.name_en })}
                </Link>{' '}
                {row.subject === 'staff' && <Chip tone="plain">{t('staffSop')}</Chip>}
                <div className="sub" style={{ maxWidth: '44em' }}>
                  {row.about}
                </div>
              </td>
              <td>
                <Chip tone={STATE_TONES[row.state]}>{t(`state.${row.state}`)}</Chip>
                {row.version !== null && <span className="sub"> {t('version', { n: row.version })}</span>}
                {row.has_draft && (
                  <div>
                    <Chip tone="warn">{t('draftChanged')}</Chip>
                  </div>
                )}
              </td>
              <td className="num">{format.people(row.inside)}</td>
              <td className="num">{format.people(row.entered_30d)}</td>
              <td className="num">
                {row.subject === 'staff' ? '—' : format.people(row.converted_30d)}
                {row.subject === 'customer' && row.entered_30d > 0 && <div className="sub">{format.rate(row.converted_30d / row.entered_30d)}</div>}
              </td>
              <td className="num">{row.subject === 'staff' ? '—' : `${row.control}%`}</td>
              <td className="nowrap">{format.day(row.updated_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
