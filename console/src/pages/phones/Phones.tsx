import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import './phones.css'

type Phone = components['schemas']['PhoneOut']
type Act = components['schemas']['PhoneAct']
const PATH = '/api/touch/phone/{cid}'

/** What a chosen person of the demo world sees on their phone, and what they can do about it. */
export default function Phones() {
  const { t } = useTranslation('phones')
  const [address, set] = useAddress({ cid: '' })
  const cid = Number(address.cid)
  const phone = api.useQuery('get', PATH, { params: { path: { cid } } }, { enabled: cid > 0, refetchInterval: 15_000 })
  return (
    <div className="body">
      <Sentence
        title={phone.data ? t('titleOf', { name: phone.data.name }) : t('title')}
        sub={t('sub')}
        acts={<Chooser cid={cid} name={phone.data?.name} onChoose={(next) => set({ cid: String(next) })} />}
      />
      {cid > 0 ? (
        <Loaded query={phone}>{(shown) => <PhoneView key={shown.cid} phone={shown} />}</Loaded>
      ) : (
        <Empty title={t('none')} text={t('noneText')} act={<LastReached onChoose={(next) => set({ cid: String(next) })} />} />
      )}
    </div>
  )
}

function Chooser({ cid, name, onChoose }: { cid: number; name?: string; onChoose: (cid: number) => void }) {
  const { t } = useTranslation('phones')
  const [search, setSearch] = useState('')
  const found = api.useQuery('get', '/api/people/customers', { params: { query: { search, size: 20 } } })
  const options = (found.data?.items ?? []).map((each) => ({ value: each.cid, label: `${each.name} · #${each.cid}` }))
  if (name !== undefined && !options.some(({ value }) => value === cid)) options.push({ value: cid, label: `${name} · #${cid}` })
  return (
    <Select
      aria-label={t('choose')}
      placeholder={t('choose')}
      value={options.some(({ value }) => value === cid) ? cid : undefined}
      onChange={onChoose}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      options={options}
      style={{ width: 240 }}
    />
  )
}

/** The people a message went to last: the quickest way to a phone with something on it. */
function LastReached({ onChoose }: { onChoose: (cid: number) => void }) {
  const { t } = useTranslation('phones')
  const format = useFormat()
  const touches = api.useQuery('get', '/api/touch/touches', { params: { query: { size: 40 } } })
  const reached = [
    ...new Map(touches.data?.items.filter(({ shadow }) => !shadow).map((touch) => [touch.cid, touch])).values(),
  ].slice(0, 6)
  if (reached.length === 0) return null
  return (
    <div className="stack-8">
      <span className="sub">{t('lastReached')}</span>
      {reached.map((touch) => (
        <Button key={touch.cid} onClick={() => onChoose(touch.cid)}>
          {touch.customer_name} · {format.moment(touch.due_at)} · {touch.text.slice(0, 18)}…
        </Button>
      ))}
    </div>
  )
}

function PhoneView({ phone }: { phone: Phone }) {
  const { t } = useTranslation('phones')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const senders = [...new Map(phone.items.map((item) => [item.sender, item.sender_name])).entries()].filter(
    ([key]) => key !== '',
  )
  const [sender, setSender] = useState(senders.at(-1)?.[0] ?? '')
  const [text, setText] = useState('')
  const act = useAct(
    (body: Act) => http.POST('/api/touch/phone/{cid}/act', { params: { path: { cid: phone.cid } }, body }),
    { stale: [PATH], then: () => setText('') },
  )
  const last = phone.items.findLast(({ direction, sender: from }) => direction === 'in' && from === sender)
  const reply = () =>
    text.trim() !== '' &&
    act.mutate({
      kind: 'reply',
      channel: last?.kind === 'sms' ? 'sms' : 'message',
      sender,
      text: text.trim(),
      token: last?.token ?? '',
    })
  return (
    <div className="phones">
      <section className="phone" aria-label={t('phoneOf', { name: phone.name })}>
        <header className="phone-head">
          <b>{senders.find(([key]) => key === sender)?.[1] ?? phone.name}</b>
          <span className="sub">{t('phoneOf', { name: phone.name })}</span>
        </header>
        <div className="phone-screen">
          {phone.items.length === 0 && <p className="sub">{t('silent')}</p>}
          {phone.items.map((item, at) => (
            <div key={`${item.at}${at}`} className={`bubble-row ${item.direction}`}>
              <div className="small mute">
                {format.moment(item.at)} {item.direction === 'in' ? `${item.sender_name} · ${t(item.kind === 'sms' ? 'sms' : 'chat')}` : ''}
              </div>
              {item.kind === 'delete' || item.kind === 'add' || item.kind === 'opt_out' ? (
                <div className="small warn">{t(`did.${item.kind}`, { sender: item.sender_name })}</div>
              ) : (
                <div className="bubble">{item.text}</div>
              )}
            </div>
          ))}
        </div>
        {mayWrite && (
          <footer className="phone-foot">
            <Input
              value={text}
              placeholder={t('replyAs', { name: phone.name })}
              aria-label={t('replyAs', { name: phone.name })}
              onChange={(event) => setText(event.target.value)}
              onPressEnter={reply}
            />
            <Button type="primary" disabled={text.trim() === ''} loading={act.isPending} onClick={reply}>
              {t('send')}
            </Button>
          </footer>
        )}
      </section>
      <div className="stack">
        <div className="card stack-8">
          <h2>{t('whoWrites')}</h2>
          {senders.length === 0 && <p className="sub">{t('nobody')}</p>}
          {senders.map(([key, name]) => (
            <div key={key} className="spread">
              <button type="button" className="plain" aria-pressed={key === sender} onClick={() => setSender(key)}>
                <span className={key === sender ? 'strong good' : ''}>{name}</span>
              </button>
              {mayWrite && (
                <span className="line">
                  <Button size="small" onClick={() => act.mutate({ kind: 'delete', channel: 'message', sender: key, text: '', token: '' })}>
                    {t('delete')}
                  </Button>
                  <Button size="small" onClick={() => act.mutate({ kind: 'add', channel: 'message', sender: key, text: '', token: '' })}>
                    {t('add')}
                  </Button>
                </span>
              )}
            </div>
          ))}
        </div>
        <div className="card stack-8">
          <h2>{t('then')}</h2>
          <p className="sub">{t('thenText')}</p>
          <Link to={`/customers/${phone.cid}`}>{t('profile', { name: phone.name })}</Link>
        </div>
      </div>
    </div>
  )
}
