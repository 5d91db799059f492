import { Input, Switch } from 'antd'
import { lazy, Suspense, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useHouse } from '../../api/session'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { DataChart } from '../../shared/DataChart'
import type { SeriesColour } from '../../shared/drawing'
import { useFormat } from '../../shared/format'
import { Loaded, Skeleton } from '../../shared/PageState'
import { useSeen } from '../../shared/useSeen'
import type { LayerOut } from './Layers'

const FlowCanvas = lazy(() => import('./FlowCanvas'))

const SHOWN = 5
// Layers that grew and layers that shrank keep to colours of their own.
const GREW: SeriesColour[] = ['green', 'blue', 'greenMid', 'faint', 'faint']
const SHRANK: SeriesColour[] = ['brick', 'ochre', 'faint', 'faint', 'faint']

/** Who changed layers between two days, and how the sizes went. */
export function Movement({ model }: { model: LayerOut }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const today = format.day(useHouse().now)
  const [address, set] = useAddress({ from: daysBefore(today, 30), to: today })
  const params = { path: { key: model.key }, query: { start: address.from, end: address.to } }
  const flow = api.useQuery('get', '/api/insight/layers/{key}/flow', { params })
  const history = api.useQuery('get', '/api/insight/layers/{key}/history', { params })
  const first = history.data?.items[0]
  const last = history.data?.items.at(-1)
  // The layers that gained or lost most: more lines than colours would say nothing.
  const movers = model.layers
    .map((layer) => ({ layer, by: (last?.sizes[layer.key] ?? 0) - (first?.sizes[layer.key] ?? 0) }))
    .filter(({ by }) => by !== 0)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
    .slice(0, SHOWN)
    .map((each, at, all) => ({
      ...each,
      colour: (each.by > 0 ? GREW : SHRANK)[all.slice(0, at).filter(({ by }) => by > 0 === each.by > 0).length] ?? 'faint',
    }))
  const nameOf = (key: string | null) => {
    const layer = model.layers.find((each) => each.key === key)
    return layer ? format.named(layer) : t('outside')
  }
  return (
    <>
      <Card
        title={t('flowTitle')}
        why={t('flowWhy')}
        acts={
          <span className="line">
            <Input
              type="date"
              size="small"
              style={{ width: 140 }}
              aria-label={t('from')}
              value={address.from}
              max={address.to}
              onChange={(event) => event.target.value !== '' && set({ from: event.target.value })}
            />
            <Input
              type="date"
              size="small"
              style={{ width: 140 }}
              aria-label={t('to')}
              value={address.to}
              min={address.from}
              max={today}
              onChange={(event) => event.target.value !== '' && set({ to: event.target.value })}
            />
          </span>
        }
      >
        <Loaded query={flow} rows={4}>
          {({ items }) => (
            <div className="stack">
              <FlowPicture items={items} nameOf={nameOf} order={model.layers.map(({ key }) => key)} />
              <FlowTable items={items} nameOf={nameOf} />
            </div>
          )}
        </Loaded>
      </Card>
      {history.data && first && last && movers[0] && (
        <DataChart
          title={t(movers[0].by > 0 ? 'historyUp' : 'historyDown', {
            layer: format.named(movers[0].layer),
            n: format.people(Math.abs(movers[0].by)),
          })}
          why={t('historyWhy', { n: movers.length, day: first.day })}
          definition={t('historyDefinition')}
          name={`layers-${model.key}`}
          drawing={{
            kind: 'line',
            categories: history.data.items.map(({ day }) => day.slice(5)),
            series: movers.map(({ layer, colour }) => ({
              name: format.named(layer),
              colour,
              values: history.data.items.map(({ sizes }) => (sizes[layer.key] ?? 0) - (first.sizes[layer.key] ?? 0)),
            })),
            say: (value) => `${value > 0 ? '+' : ''}${format.people(value)}`,
          }}
          head={[t('day'), ...model.layers.map((layer) => format.named(layer))]}
          rows={history.data.items.map(({ day, sizes }) => [day, ...model.layers.map(({ key }) => sizes[key] ?? 0)])}
        />
      )}
    </>
  )
}

/** The moves as streams from the layers of the first day to those of the second. */
function FlowPicture({ items, nameOf, order }: { items: Flow[]; nameOf: (key: string | null) => string; order: string[] }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const [whole, setWhole] = useState(false)
  const box = useRef<HTMLElement>(null)
  const isSeen = useSeen(box)
  const shown = items.filter((each) => whole || each.from_layer !== each.to_layer)
  const place = (key: string | null) => (key === null ? order.length : order.indexOf(key))
  return (
    <figure className="flow-picture" ref={box}>
      <figcaption className="line">
        <span className="sub grow">{t('pictureWhy')}</span>
        <Switch size="small" checked={whole} onChange={setWhole} aria-label={t('withStayers')} />
        <span className="sub">{t('withStayers')}</span>
      </figcaption>
      {isSeen && shown.length > 0 && (
        <Suspense fallback={<Skeleton rows={4} />}>
          <FlowCanvas
            label={t('flowTitle')}
            say={(n) => format.people(n)}
            order={[...order.map(nameOf), nameOf(null)]}
            moves={shown
              .toSorted((a, b) => place(a.from_layer) - place(b.from_layer) || place(a.to_layer) - place(b.to_layer))
              .map((each) => ({
                from: nameOf(each.from_layer),
                to: nameOf(each.to_layer),
                n: each.n,
                turn: Math.sign(place(each.from_layer) - place(each.to_layer)),
              }))}
          />
        </Suspense>
      )}
    </figure>
  )
}

interface Flow {
  from_layer: string | null
  to_layer: string | null
  n: number
}

function FlowTable({ items, nameOf }: { items: Flow[]; nameOf: (key: string | null) => string }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const moved = items.filter((each) => each.from_layer !== each.to_layer).sort((a, b) => b.n - a.n)
  const stayed = items.filter((each) => each.from_layer === each.to_layer).reduce((sum, { n }) => sum + n, 0)
  const most = moved[0]?.n ?? 1
  if (moved.length === 0) return <p className="sub">{t('noFlow')}</p>
  return (
    <>
      <table className="grid">
        <thead>
          <tr>
            <th>{t('fromLayer')}</th>
            <th>{t('toLayer')}</th>
            <th className="num">{t('people')}</th>
            <th style={{ width: '40%' }} aria-hidden />
          </tr>
        </thead>
        <tbody>
          {moved.slice(0, 12).map((each) => (
            <tr key={`${each.from_layer}-${each.to_layer}`}>
              <td>{nameOf(each.from_layer)}</td>
              <td>→ {nameOf(each.to_layer)}</td>
              <td className="num">{format.people(each.n)}</td>
              <td>
                <div className="flow-bar" style={{ width: `${(each.n / most) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="sub" style={{ marginTop: 8 }}>
        {t('stayed', { n: format.count(stayed) })}
      </p>
    </>
  )
}

function daysBefore(day: string, n: number): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() - n)
  return at.toISOString().slice(0, 10)
}
