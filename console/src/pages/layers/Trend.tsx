import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useHouse } from '../../api/session'
import { Card } from '../../shared/Card'
import { DataChart } from '../../shared/DataChart'
import type { SeriesColour } from '../../shared/drawing'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import type { LayerOut } from './Layers'

type Figure = 'people' | 'buying' | 'gmv' | 'margin' | 'staying'

const FIGURES: Figure[] = ['people', 'buying', 'gmv', 'margin', 'staying']
const COLOURS: SeriesColour[] = ['green', 'blue', 'ochre', 'brick', 'greenMid', 'faint']
const SHOWN = COLOURS.length

/** How each layer fares, period by period, and how long people stay in it. */
export function Trend({ model }: { model: LayerOut }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const today = format.day(useHouse().now)
  const [grain, setGrain] = useState<'week' | 'month'>('week')
  const [figure, setFigure] = useState<Figure>('buying')
  const start = new Date(`${today}T00:00:00Z`)
  start.setUTCDate(start.getUTCDate() - (grain === 'week' ? 84 : 366))
  const params = { path: { key: model.key }, query: { start: start.toISOString().slice(0, 10), end: today, grain } }
  const trend = api.useQuery('get', '/api/insight/layers/{key}/trend', { params })
  return (
    <Loaded query={trend} rows={6}>
      {({ items, dwell }) => {
        const periods = [...new Set(items.map((each) => each.start))]
        // What is counted over a period that is not over would look like a fall.
        const isOver = (period: string) => items.some((each) => each.start === period && each.stayed !== null)
        const drawn = figure === 'people' ? periods : periods.filter(isOver)
        const at = (layer: string, period: string) => items.find((each) => each.layer === layer && each.start === period)
        const value = (layer: string, period: string): number | null => {
          const found = at(layer, period)
          if (!found) return figure === 'people' ? 0 : null
          const part = (n: number | null, of: number) => (n === null || of === 0 ? null : n / of)
          return {
            people: found.people,
            buying: part(found.buyers, found.people),
            gmv: found.gmv_minor,
            margin: part(found.profit_minor, found.costed_minor),
            staying: part(found.stayed, found.people),
          }[figure]
        }
        const say = (n: number) => (figure === 'people' ? format.people(n) : figure === 'gmv' ? format.money(n) : format.rate(n))
        // The biggest layers: more lines than colours would say nothing; the table has all.
        const biggest = model.layers.toSorted((a, b) => b.n - a.n).slice(0, SHOWN)
        return (
          <>
            <div className="line">
              <Select
                aria-label={t('figure')}
                value={figure}
                onChange={setFigure}
                style={{ width: 200 }}
                options={FIGURES.map((key) => ({ value: key, label: t(`figures.${key}`) }))}
              />
              <Segmented
                value={grain}
                onChange={setGrain}
                options={[
                  { value: 'week', label: t('byWeek') },
                  { value: 'month', label: t('byMonth') },
                ]}
              />
            </div>
            <DataChart
              title={t('trendTitle', { figure: t(`figures.${figure}`) })}
              why={t('trendWhy')}
              definition={t(`figureWhy.${figure}`)}
              name={`layers-${model.key}-${figure}`}
              drawing={{
                kind: 'line',
                fromZero: true,
                categories: drawn.map((day) => day.slice(2)),
                series: biggest.map((layer, n) => ({
                  name: format.named(layer),
                  colour: COLOURS[n] ?? 'faint',
                  values: drawn.map((period) => value(layer.key, period)),
                })),
                say,
              }}
              head={[t('periodFrom'), ...model.layers.map((layer) => format.named(layer))]}
              rows={periods.map((period) => [
                isOver(period) ? period : t('running', { day: period }),
                ...model.layers.map(({ key }) => {
                  const found = value(key, period)
                  return found === null ? null : say(found)
                }),
              ])}
            />
            <Card title={t('dwellTitle')} why={t('dwellWhy')}>
              <table className="grid">
                <thead>
                  <tr>
                    <th>{t('layer')}</th>
                    <th className="num">{t('inside')}</th>
                    <th className="num">{t('age')}</th>
                    <th className="num">{t('leftSince')}</th>
                    <th className="num">{t('stayedFor')}</th>
                  </tr>
                </thead>
                <tbody>
                  {model.layers.map((layer) => {
                    const found = dwell.find((each) => each.layer === layer.key)
                    const days = (n: number | null | undefined) => (n == null ? '—' : t('nDays', { n: format.count(n, 1) }))
                    return (
                      <tr key={layer.key}>
                        <td className="strong">{format.named(layer)}</td>
                        <td className="num">{format.people(found?.now ?? 0)}</td>
                        <td className="num">{days(found?.age_days)}</td>
                        <td className="num">{format.people(found?.left ?? 0)}</td>
                        <td className="num">{days(found?.stay_days)}</td>
                      </tr>
                    )
                  })}
                </tbody>
              </table>
            </Card>
          </>
        )
      }}
    </Loaded>
  )
}
