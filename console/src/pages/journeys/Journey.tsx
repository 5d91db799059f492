import { Button, Popconfirm, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite, useSeesAll } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { Chip } from '../../shared/Chip'
import { download } from '../../shared/csv'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Loaded, Skeleton } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Tabs } from '../../shared/Tabs'
import type { Definition } from './definition'
import { Graph } from './Graph'
import { Intakes } from './Intakes'
import { STATE_TONES } from './names'
import { Troubles } from './Troubles'
import { Versions } from './Versions'
import { sayReason } from './words'

const PublishDialog = later(async () => (await import('./PublishDialog')).PublishDialog)
const Passages = later(async () => (await import('./Passages')).Passages, <Skeleton />)
const Results = later(async () => (await import('./Results')).Results, <Skeleton />)
const StaffResults = later(async () => (await import('./StaffResults')).StaffResults, <Skeleton />)
const ResumeDialog = later(async () => (await import('./ResumeDialog')).ResumeDialog)
const StartDialog = later(async () => (await import('./StartDialog')).StartDialog)
const FileEditor = later(async () => (await import('./FileEditor')).FileEditor)

export type Detail = components['schemas']['JourneyDetail']

export default function Journey() {
  const { key = '' } = useParams()
  const [address] = useAddress({ show: '', version: '' })
  const version = Number.parseInt(address.version, 10) || undefined
  const detail = api.useQuery(
    'get',
    '/api/journeys/{key}',
    { params: { path: { key }, query: { draft: address.show === 'draft', version } } },
    // Between the running version and the draft the page stays, and with it whatever dialog stands on it.
    { placeholderData: (before) => (before?.journey.key === key ? before : undefined) },
  )
  return (
    <div className="body">
      <Loaded query={detail} rows={12}>
        {(shown) => <JourneyView detail={shown} />}
      </Loaded>
    </div>
  )
}

function JourneyView({ detail }: { detail: Detail }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const { journey, showing } = detail
  const seesAll = useSeesAll()
  const isForStaff = journey.subject === 'staff'
  const [address, set] = useAddress({ show: '', version: '' })
  const name = format.named({ name_zh: journey.name, name_en: journey.name_en })
  return (
    <>
      <Sentence
        title={
          <span className="line">
            {name}
            <Chip tone={STATE_TONES[journey.state]}>
              {t(`state.${journey.state}`)}
              {journey.version !== null && ` ${t('version', { n: journey.version })}`}
            </Chip>
            {journey.has_draft && <Chip tone="warn">{t('draftChanged')}</Chip>}
          </span>
        }
        sub={
          <>
            <Link to="/journeys">{t('back')}</Link> · {journey.about}
          </>
        }
        acts={<Acts detail={detail} />}
      />
      {(detail.ahead > 0 || detail.late > 0) && (
        <p className="sub">
          {detail.ahead > 0 && t('ahead', { n: format.count(detail.ahead) })}{' '}
          {detail.late > 0 && t('late', { n: format.count(detail.late) })}
        </p>
      )}
      {journey.version !== null && <Intakes journeyKey={journey.key} isPaused={journey.state === 'paused'} />}
      {detail.refused.length > 0 && (
        <p className="sub">
          {t('refused')}
          {detail.refused
            .map(({ reason, n }) => t('refusedOf', { reason: sayReason(reason, t), n: format.count(n) }))
            .join(t('comma'))}
        </p>
      )}
      <Troubles detail={detail} />
      <Tabs
        items={[
          { key: 'graph', label: t('tab.graph'), render: () => <Graph detail={detail} /> },
          {
            key: 'results',
            label: t('tab.results'),
            render: () =>
              isForStaff ? <StaffResults journeyKey={journey.key} /> : <Results journeyKey={journey.key} />,
            isAllowed: seesAll || isForStaff,
          },
          { key: 'people', label: t('tab.people'), render: () => <Passages detail={detail} />, isAllowed: !isForStaff },
          { key: 'versions', label: t('tab.versions'), render: () => <Versions detail={detail} /> },
        ]}
        extra={
          address.version !== '' ? (
            <Button size="small" onClick={() => set({ version: '' })}>
              {t('version_n', { n: address.version })} ✕
            </Button>
          ) : (
            journey.has_draft &&
            journey.version !== null && (
              <Segmented
                size="small"
                value={showing === 'draft' ? 'draft' : 'live'}
                onChange={(next) => set({ show: next === 'draft' ? 'draft' : '' })}
                options={[
                  { value: 'live', label: t('showLive') },
                  { value: 'draft', label: t('showDraft') },
                ]}
              />
            )
          )
        }
      />
    </>
  )
}

function Acts({ detail: { journey, definition } }: { detail: Detail }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const [publishing, setPublishing] = useState(false)
  const [editing, setEditing] = useState(false)
  const [starting, setStarting] = useState(false)
  const [resuming, setResuming] = useState(false)
  const isManual = (definition as unknown as Definition).triggers.some((trigger) => trigger.manual)
  const navigate = useNavigate()
  const params = { params: { path: { key: journey.key } } }
  const stale = ['/api/journeys']
  const pause = useAct(() => http.POST('/api/journeys/{key}/pause', params), { done: t('paused'), stale })
  const stop = useAct(() => http.POST('/api/journeys/{key}/stop', params), { done: t('stopped'), stale })
  const file = useAct(async () => {
    const { data } = await http.GET('/api/journeys/{key}/file', params)
    if (data) download(`${journey.key}.yaml`, data.text, 'text/yaml')
  })
  return (
    <>
      <Button onClick={() => file.mutate(undefined)}>{t('exportYaml')}</Button>
      {mayWrite && (
        <>
          {journey.state === 'live' && isManual && <Button onClick={() => setStarting(true)}>{t('manualEnter')}</Button>}
          {journey.state === 'live' && <Button onClick={() => pause.mutate(undefined)}>{t('pause')}</Button>}
          {journey.state === 'paused' && <Button onClick={() => setResuming(true)}>{t('resume')}</Button>}
          {(journey.state === 'live' || journey.state === 'paused') && (
            <Popconfirm
              title={t('stopAsk', { n: format.count(journey.inside) })}
              onConfirm={() => stop.mutate(undefined)}
            >
              <Button danger>{t('stop')}</Button>
            </Popconfirm>
          )}
          <Button onClick={() => setEditing(true)}>{t('editFile')}</Button>
          <Button onClick={() => void navigate(`/journeys/${journey.key}/edit`)}>{t('edit')}</Button>
          {(journey.has_draft || journey.state === 'stopped') && (
            <Button type="primary" onClick={() => setPublishing(true)}>
              {t('publish')}
            </Button>
          )}
        </>
      )}
      {publishing && <PublishDialog journey={journey} onClose={() => setPublishing(false)} />}
      {starting && <StartDialog journeyKey={journey.key} onClose={() => setStarting(false)} />}
      {resuming && <ResumeDialog journeyKey={journey.key} onClose={() => setResuming(false)} />}
      {editing && <FileEditor journey={journey} onClose={() => setEditing(false)} />}
    </>
  )
}
