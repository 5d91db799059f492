import { Button, Drawer, Input, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useMayWork, useMayWrite } from '../../api/session'
import { useKnown } from '../../conditions/useKnown'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { copy } from '../../shared/copy'
import { DataTable } from '../../shared/DataTable'
import { useFormat } from '../../shared/format'
import { useMessage } from '../../shared/messages'
import { Loaded } from '../../shared/PageState'
import { CustomerSelect } from '../scripts/CustomerSelect'
import { placeOf, STALE, TONES, type Detail, type Part } from './link'
import { LinkForm } from './LinkForm'
import { People } from './People'
import { Rate, Reading } from './Rate'

/** One link: how to send it, what it did, and who opened it. */
export function LinkDrawer({ link, onClose }: { link: string; onClose: () => void }) {
  const { t } = useTranslation('links')
  const found = api.useQuery('get', '/api/content/links/{key}', { params: { path: { key: link } } })
  return (
    <Drawer open onClose={onClose} title={found.data?.title ?? t('link')} size={960}>
      <Loaded query={found} rows={12}>
        {(detail) => <Opened link={detail} />}
      </Loaded>
    </Drawer>
  )
}

function Opened({ link }: { link: Detail }) {
  const { t } = useTranslation('links')
  const mayWork = useMayWork()
  return (
    <div className="stack">
      <Head link={link} />
      <Outcome link={link} />
      <div className="columns-2">
        {mayWork && link.state === 'open' && <Send link={link} />}
        <Card title={t('preview')}>
          {link.kind === 'url' ? (
            <p>
              <span className="sub">{t('previewUrl')}</span>{' '}
              <a href={link.target} target="_blank" rel="noreferrer">
                {link.target}
              </a>
            </p>
          ) : (
            <div className="message-preview" data-testid="preview" style={{ maxHeight: 240, overflowY: 'auto' }}>
              <b>{link.title}</b>
              {`\n\n${link.body}`}
            </div>
          )}
        </Card>
      </div>
      <People link={link} />
    </div>
  )
}

/** Where it stands, what an opening does, and the acts that change it. */
function Head({ link }: { link: Detail }) {
  const { t } = useTranslation('links')
  const format = useFormat()
  const known = useKnown()
  const mayWrite = useMayWrite()
  const [editing, setEditing] = useState(false)
  const params = { path: { key: link.key } }
  const retire = useAct(() => http.POST('/api/content/links/{key}/retire', { params }), { done: t('retired'), stale: STALE })
  const revive = useAct(() => http.POST('/api/content/links/{key}/revive', { params }), { done: t('revived'), stale: STALE })
  return (
    <div className="spread">
      <div className="stack-8">
        <span className="line">
          <Chip tone={TONES[link.state]}>{t(`states.${link.state}`)}</Chip>
          <Chip>{t(`kinds.${link.kind}.name`)}</Chip>
          {link.tags.map(({ tag, value }) => (
            <Chip key={tag} tone="info">
              +{known.tagged(tag, value ?? '')}
            </Chip>
          ))}
          <span className="sub">{useDays(link)}</span>
        </span>
        {link.task !== '' && (
          <span className="sub">
            {t('task')} · {link.task}
          </span>
        )}
        <span className="sub">{t('changedBy', { by: link.changed_by, at: format.moment(link.changed_at) })}</span>
      </div>
      {mayWrite && (
        <span className="line" style={{ flexWrap: 'nowrap' }}>
          <Button size="small" onClick={() => setEditing(true)}>
            {t('edit')}
          </Button>
          {link.state === 'retired' ? (
            <Button size="small" onClick={() => revive.mutate(undefined)}>
              {t('revive')}
            </Button>
          ) : (
            <Popconfirm title={t('retireAsk')} onConfirm={() => retire.mutate(undefined)}>
              <Button size="small" danger>
                {t('retire')}
              </Button>
            </Popconfirm>
          )}
        </span>
      )}
      {editing && <LinkForm link={link} onClose={() => setEditing(false)} />}
    </div>
  )
}

function useDays({ from_day: from, until_day: until }: Detail): string {
  const { t } = useTranslation('links')
  if (from !== null && until !== null) return t('between', { from, until })
  if (from !== null) return t('from', { day: from })
  return until === null ? t('always') : t('until', { day: until })
}

/** How to send it: by a message that names it, or by hand to one customer. */
function Send({ link }: { link: Detail }) {
  const { t } = useTranslation('links')
  const message = useMessage()
  const [cid, setCid] = useState<number | null>(null)
  const [url, setUrl] = useState('')
  const handOut = useAct(
    async (customer: number) =>
      (await http.POST('/api/content/links/{key}/hand-out', { params: { path: { key: link.key } }, body: { cid: customer } })).data?.url ?? '',
    {
      done: t('handedOut'),
      stale: STALE,
      then: (made) => {
        setUrl(made)
        void copy(made)
      },
    },
  )
  const take = async () => {
    if (await copy(placeOf(link.key))) void message.success(t('copied'))
  }
  return (
    <Card title={t('use')} why={t('useWhy')}>
      <div className="stack">
        <span className="line">
          <code data-testid="place">{placeOf(link.key)}</code>
          <Button size="small" onClick={() => void take()}>
            {t('copyPlace')}
          </Button>
        </span>
        <div className="stack-8">
          <span className="strong">{t('handOut')}</span>
          <span className="sub">{t('handOutWhy')}</span>
          <CustomerSelect
            value={cid}
            onChange={(next) => {
              setCid(next)
              setUrl('')
            }}
            label={t('handOutFor')}
          />
          <Button disabled={cid === null} loading={handOut.isPending} onClick={() => cid !== null && handOut.mutate(cid)}>
            {t('handOutAct')}
          </Button>
          {url !== '' && <Input readOnly value={url} aria-label={t('handedOutBy')} />}
        </div>
      </div>
    </Card>
  )
}

/** The numbers, whole and by where they came from. */
function Outcome({ link }: { link: Detail }) {
  const { t } = useTranslation('links')
  const format = useFormat()
  const known = useKnown()
  const { numbers } = link
  const figures = [
    { name: t('rate'), said: <Rate numbers={numbers} /> },
    { name: t('opens'), said: format.count(numbers.opens) },
    { name: t('reading'), said: <Reading kind={link.kind} numbers={numbers} /> },
    { name: t('bots'), said: <Chip reason={t('botsWhy')}>{format.count(numbers.bots)}</Chip> },
  ]
  return (
    <Card title={t('numbersTitle', { sent: format.count(numbers.sent), opened: format.count(numbers.opened) })} why={t('rateWhy')}>
      <div className="stack">
        <div className="line" style={{ gap: 32 }}>
          {figures.map(({ name, said }) => (
            <div key={name}>
              <div className="sub">{name}</div>
              {said}
            </div>
          ))}
        </div>
        {numbers.sent > 0 && (
          <div className="columns-2">
            <Parts title={t('byJourney')} parts={link.journeys} nameOf={(part) => (part.key === '' ? t('noJourney') : known.journey(part.key))} />
            <Parts title={t('byStaff')} parts={link.senders} nameOf={(part) => (part.key === '' ? t('noStaff') : part.name)} />
          </div>
        )}
      </div>
    </Card>
  )
}

function Parts({ title, parts, nameOf }: { title: string; parts: Part[]; nameOf: (part: Part) => string }) {
  const { t } = useTranslation('links')
  return (
    <DataTable
      rows={parts}
      rowKey={({ key }) => key}
      columns={[
        { key: 'name', title, render: nameOf },
        { key: 'rate', title: t('rate'), render: (part) => <Rate numbers={part} /> },
      ]}
    />
  )
}
