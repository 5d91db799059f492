import { Alert, Button, Form, Input, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { ConditionEditor } from '../../conditions/Editor'
import type { Condition } from '../../conditions/tree'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { later } from '../../shared/later'
import { asProblem, Loaded, NotAllowed, Skeleton } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import { Sentence } from '../../shared/Sentence'
import { KindChip } from './KindChip'
import { isWhole, type Schedule } from './schedule'
import { Size } from './Size'

const Draw = later(async () => (await import('./Draw')).Draw)
const Export = later(async () => (await import('./Export')).Export)
const ScheduleForm = later(async () => (await import('./ScheduleForm')).ScheduleForm, <Skeleton rows={2} />)
const Members = later(async () => (await import('./Members')).Members, <Skeleton />)

type AudienceOut = components['schemas']['AudienceOut']
const NEW = 'new'

export default function Audience() {
  const { key = '' } = useParams()
  const mayWrite = useMayWrite()
  const audience = api.useQuery(
    'get',
    '/api/insight/audiences/{key}',
    { params: { path: { key } } },
    { enabled: key !== NEW },
  )
  if (key === NEW) return mayWrite ? <EditAudience key={NEW} audience={null} /> : <NotAllowed />
  return (
    <Loaded query={audience}>
      {(found) =>
        mayWrite && found.frozen_at === null ? <EditAudience key={found.key} audience={found} /> : <ReadAudience audience={found} />
      }
    </Loaded>
  )
}

function EditAudience({ audience }: { audience: AudienceOut | null }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const navigate = useNavigate()
  const [name, setName] = useState(audience ? format.named(audience) : '')
  const [condition, setCondition] = useState<Condition | null>((audience?.condition as Condition | undefined) ?? null)
  const [schedule, setSchedule] = useState<Schedule | null>(audience?.schedule ?? null)
  const save = useAct(
    async () => {
      const key = audience?.key ?? newKey('audience')
      const english = format.language === 'en' && audience !== null
      const body = {
        key,
        name_zh: english ? audience.name_zh : name,
        name_en: english ? name : (audience?.name_en ?? ''),
        condition: condition ?? {},
        note: audience?.note ?? '',
        schedule,
      }
      if (audience) await http.PUT('/api/insight/audiences/{key}', { params: { path: { key } }, body })
      else await http.POST('/api/insight/audiences', { body })
      return key
    },
    { done: t('saved'), stale: ['/api/insight'], then: (key) => void navigate(`/audiences/${key}`), quiet: true },
  )
  return (
    <div className="body">
      <Sentence
        title={
          <span className="line">
            <Input
              size="large"
              variant={audience ? 'borderless' : 'outlined'}
              value={name}
              placeholder={t('nameExample')}
              aria-label={t('name')}
              onChange={(event) => setName(event.target.value)}
              style={{ fontSize: 20, fontWeight: 650, width: 380, maxWidth: '100%', paddingInline: audience ? 0 : undefined }}
            />
            {audience && <KindChip audience={audience} />}
          </span>
        }
        sub={
          <>
            <Link to="/audiences">{t('back')}</Link>
            {audience && <Stand audience={audience} />}
          </>
        }
        acts={
          <>
            {audience && <MoreActs audience={audience} />}
            <Button
              type="primary"
              disabled={name.trim() === '' || condition === null || (schedule !== null && !isWhole(schedule))}
              loading={save.isPending}
              onClick={() => save.mutate(undefined)}
            >
              {t('act.save', { ns: 'common' })}
            </Button>
          </>
        }
      />
      {save.error && <Alert type="error" showIcon title={asProblem(save.error).message} />}
      <ConditionEditor
        initial={(audience?.condition as Condition | undefined) ?? null}
        onChange={setCondition}
        aside={<ScheduleForm schedule={schedule} onChange={setSchedule} />}
      />
      {audience && <Size audience={audience} />}
    </div>
  )
}

/** As of when the members are, how long that took, whether it came late, and when they are computed next. */
function Stand({ audience }: { audience: AudienceOut }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const said = [
    audience.as_of === null
      ? audience.schedule && t('notYetRun')
      : t('computed', { at: format.moment(audience.as_of), n: format.count(audience.n) }),
    audience.ms !== null && t('took', { ms: format.count(audience.ms) }),
    audience.late_from !== null && t('late', { at: format.moment(audience.late_from) }),
    audience.next_run !== null && t('nextRun', { at: format.moment(audience.next_run) }),
  ].filter((each) => typeof each === 'string')
  return said.map((each) => ` · ${each}`).join('')
}

function RunNow({ audience }: { audience: AudienceOut }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const run = useAct(
    async () => (await http.POST('/api/insight/audiences/{key}/run', { params: { path: { key: audience.key } } })).data,
    { done: (found) => t('ran', { n: format.count(found?.n) }), stale: ['/api/insight'] },
  )
  return (
    <Button loading={run.isPending} onClick={() => run.mutate(undefined)}>
      {t('runNow')}
    </Button>
  )
}

function MoreActs({ audience }: { audience: AudienceOut }) {
  const { t } = useTranslation('audiences')
  const navigate = useNavigate()
  const [freezing, setFreezing] = useState(false)
  const [exporting, setExporting] = useState(false)
  const [drawing, setDrawing] = useState(false)
  const remove = useAct(
    () => http.DELETE('/api/insight/audiences/{key}', { params: { path: { key: audience.key } } }),
    { done: t('removed'), stale: ['/api/insight'], then: () => void navigate('/audiences') },
  )
  return (
    <>
      {audience.kind === 'scheduled' && <RunNow audience={audience} />}
      <Popconfirm title={t('removeAsk')} onConfirm={() => remove.mutate(undefined)}>
        <Button>{t('remove')}</Button>
      </Popconfirm>
      <Button onClick={() => setExporting(true)}>{t('act.export', { ns: 'common' })}</Button>
      {exporting && <Export audienceKey={audience.key} onClose={() => setExporting(false)} />}
      {audience.frozen_at === null && <Button onClick={() => setFreezing(true)}>{t('freeze')}</Button>}
      <Button onClick={() => setDrawing(true)}>{t('draw')}</Button>
      {drawing && <Draw audience={audience} onClose={() => setDrawing(false)} />}
      {freezing && <Freeze audience={audience} onClose={() => setFreezing(false)} />}
    </>
  )
}

function Freeze({ audience, onClose }: { audience: AudienceOut; onClose: () => void }) {
  const { t } = useTranslation('audiences')
  const navigate = useNavigate()
  const format = useFormat()
  const freeze = useAct(
    async ({ name }: { name: string }) => {
      const key = newKey('list')
      await http.POST('/api/insight/audiences/{key}/freeze', {
        params: { path: { key: audience.key } },
        body: { key, name_zh: name, name_en: '' },
      })
      return key
    },
    { done: t('frozen'), stale: ['/api/insight'], then: (key) => void navigate(`/audiences/${key}`), quiet: true },
  )
  return (
    <Modal open title={t('freeze')} footer={null} onCancel={onClose}>
      <p className="sub">{t('freezeText')}</p>
      <Form<{ name: string }>
        layout="vertical"
        initialValues={{ name: t('freezeName', { name: format.named(audience) }) }}
        onFinish={(fields) => freeze.mutate(fields)}
      >
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input />
        </Form.Item>
        <Submit act={freeze} label={t('freeze')} />
      </Form>
    </Modal>
  )
}

/** An audience one does not change: a frozen one, or for those who only look. */
function ReadAudience({ audience }: { audience: AudienceOut }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const mayWrite = useMayWrite()
  return (
    <div className="body">
      <Sentence
        title={t(audience.frozen_at === null ? 'liveTitle' : 'frozenTitle', { name: format.named(audience), n: format.count(audience.n) })}
        sub={
          <>
            <Link to="/audiences">{t('back')}</Link>
            {audience.frozen_at === null
              ? <Stand audience={audience} />
              : ` · ${t('frozenSub', { at: format.moment(audience.frozen_at) })}`}
          </>
        }
        acts={mayWrite && <MoreActs audience={audience} />}
      />
      <div className="card calm">{audience.sentence}</div>
      {audience.frozen_at === null && <Size audience={audience} />}
      <Members audienceKey={audience.key} />
    </div>
  )
}
