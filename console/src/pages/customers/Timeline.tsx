import { Button, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import { useKnown } from '../../conditions/useKnown'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat, type Format } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { byDay, detailText, KINDS, kindOfMoment, merged, sayAbout, type Kind, type Line } from './moments'

/** Everything that happened to one person, newest first, a day at a time; every touch says why. */
export function Timeline({ cid }: { cid: number }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const [address, set] = useAddress({ kind: 'all', more: '' })
  const kind: Kind | 'all' = KINDS.find((each) => each === address.kind) ?? 'all'
  const limit = address.more === '' ? 60 : 200
  const moments = api.useQuery('get', '/api/facts/customers/{cid}/timeline', {
    params: { path: { cid }, query: { keys: [], limit } },
  })
  const touches = api.useQuery('get', '/api/touch/touches', { params: { query: { cid, size: 50 } } })
  return (
    <Card
      title={t('timeline')}
      acts={
        <Segmented<Kind | 'all'>
          size="small"
          value={kind}
          onChange={(next) => set({ kind: next }, { replace: true })}
          options={(['all', ...KINDS] as const).map((each) => ({ value: each, label: t(`moments.${each}`) }))}
        />
      }
    >
      <Loaded query={moments} rows={8}>
        {({ items }) => {
          const lines = merged(items, touches.data?.items ?? []).filter(
            (line) => kind === 'all' || kindOfMoment(line) === kind,
          )
          if (lines.length === 0) return <Empty title={t('nothingYet')} text={t('nothingYetText')} />
          return (
            <div className="stack-8">
              {byDay(lines, format).map(([day, ofDay]) => (
                <section key={day} aria-label={day}>
                  <div className="small mute">{format.dayLong(day)}</div>
                  <ol className="timeline">
                    {ofDay.map((line, at) => (
                      <TimelineLine key={at} line={line} />
                    ))}
                  </ol>
                </section>
              ))}
              {items.length >= limit && address.more === '' && (
                <Button onClick={() => set({ more: '1' }, { replace: true })}>{t('earlier')}</Button>
              )}
            </div>
          )
        }}
      </Loaded>
    </Card>
  )
}

function TimelineLine({ line }: { line: Line }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const known = useKnown()
  if (line.touch) {
    const { touch } = line
    const bad = ['failed', 'skipped', 'dropped', 'expired', 'cancelled'].includes(touch.state)
    return (
      <li className={bad ? 'bad' : touch.shadow ? '' : 'good'}>
        <div>
          {t(`touch.${touch.state}`, { sender: touch.sender_name || '—' })}{' '}
          {touch.journey !== '' && <Link to={`/journeys/${touch.journey}?step=${touch.step}`}>{known.journey(touch.journey)}</Link>}{' '}
          <span className="sub">{format.time(line.at)}</span>
        </div>
        <div className="moment-text">{touch.text}</div>
        <div className="sub">{format.language === 'en' ? touch.why_en : touch.why_zh}</div>
      </li>
    )
  }
  const { moment } = line
  const about = sayAbout(moment, known, format, t('noLayer'))
  const tone = moment.kind === 'order' ? 'good' : ['order_refunded', 'friend_lost', 'opted_out'].includes(moment.key) ? 'bad' : moment.key.startsWith('tag') || moment.key.startsWith('layer') ? 'warn' : ''
  return (
    <li className={tone}>
      <b>{format.named(moment) || moment.key}</b> {about}
      {moment.amount_minor !== null && moment.kind !== 'event' && <b> {format.money(moment.amount_minor)}</b>}{' '}
      <span className="sub">
        {[moment.kind === 'event' ? detailText(moment.detail) : itemsText(moment.detail, format), storeOf(moment.detail), moment.key === 'link_read' ? t('readFor', { n: moment.detail.seconds }) : '', format.time(line.at)]
          .filter(Boolean)
          .join(' · ')}
      </span>
    </li>
  )
}

interface Item {
  product: string
  name: string | null
  qty: number
}

function itemsText(detail: Record<string, unknown>, format: Format): string {
  const items = (detail.items ?? []) as Item[]
  return format.list(items.map(({ name, product, qty }) => `${name ?? product} ×${qty}`))
}

function storeOf(detail: Record<string, unknown>): string {
  return typeof detail.store === 'string' ? detail.store : ''
}
