import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import type { LayerOut } from './Layers'
import { membersOf } from './members'

/** The shipped lifecycle layers, whose usual treatment is known. */
const SHIPPED = ['new_no_order', 'new_bought', 'old_bought', 'old_repeat'] as const

/** Layers by ordered conditions: the first that holds decides. */
export function OrderedLayers({ model }: { model: LayerOut }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const most = Math.max(1, ...model.layers.map(({ n }) => n))
  return (
    <Card title={t('orderedTitle', { model: format.named(model) })} why={t('orderedWhy', { day: format.day(model.day) })}>
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th>{t('layer')}</th>
              <th className="num">{t('people')}</th>
              <th className="num">{t('share')}</th>
              <th style={{ width: '20%' }} aria-hidden />
              <th>{t('who')}</th>
            </tr>
          </thead>
          <tbody>
            {model.layers.map((layer) => {
              const shipped = SHIPPED.find((key) => key === layer.key)
              return (
                <tr key={layer.key}>
                  <td className="strong nowrap">{format.named(layer)}</td>
                  <td className="num">
                    <Link to={membersOf(model.key, layer.key)}>{format.people(layer.n)}</Link>
                  </td>
                  <td className="num">{format.rate(layer.share)}</td>
                  <td>
                    <div className="flow-bar" style={{ width: `${(layer.n / most) * 100}%` }} />
                  </td>
                  <td>
                    {model.sentences[layer.key] ?? t('rest')}
                    {shipped && <div className="sub">{t(`strategy.${shipped}`)}</div>}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
