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
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { later } from '../../shared/later'
import { asProblem, Loaded, NotAllowed, Skeleton } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import { Sentence } from '../../shared/Sentence'
import { Draw } from './Draw'
import { Export } from './Export'

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
            <Chip tone="good">{t('live')}</Chip>
          </span>
        }
        sub={
          <>
            <Link to="/audiences">{t('back')}</Link>
            {audience?.as_of && ` · ${t('computed', { at: format.moment(audience.as_of), n: format.count(audience.n) })}`}
          </>
        }
        acts={
          <>
            {audience && <MoreActs audience={audience} />}
            <Button
              type="primary"
              disabled={name.trim() === '' || condition === null}
              loading={save.isPending}
              onClick={() => save.mutate(undefined)}
            >
              {t('act.save', { ns: 'common' })}
            </Button>
          </>
        }
      />
      {save.error && <Alert type="error" showIcon title={asProblem(save.error).message} />}
      <ConditionEditor initial={(audience?.condition as Condition | undefined) ?? null} onChange={setCondition} />
    </div>
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
            <Link to="/audiences">{t('back')}</Link> ·{' '}
            {audience.frozen_at === null
              ? t('computed', { at: format.moment(audience.as_of), n: format.count(audience.n) })
              : t('frozenSub', { at: format.moment(audience.frozen_at) })}
          </>
        }
        acts={mayWrite && <MoreActs audience={audience} />}
      />
      <div className="card calm">{audience.sentence}</div>
      <Members audienceKey={audience.key} />
    </div>
  )
}
