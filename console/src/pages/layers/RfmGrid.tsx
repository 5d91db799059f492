import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import type { LayerOut } from './Layers'
import { membersOf } from './members'

/** The eight cells by recency, frequency and money, high value above; what each means. */
const CELLS = [
  { key: 'champion', marks: '+ + +' },
  { key: 'develop', marks: '+ − +' },
  { key: 'keep_high', marks: '− + +' },
  { key: 'win_back', marks: '− − +' },
  { key: 'raise_value', marks: '+ + −' },
  { key: 'nurture', marks: '+ − −' },
  { key: 'keep_low', marks: '− + −' },
  { key: 'let_go', marks: '− − −' },
] as const

export function RfmGrid({ model }: { model: LayerOut }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const sizeOf = (key: string) => model.layers.find((each) => each.key === key)
  const none = sizeOf('none')
  const limits = model.thresholds
  return (
    <Card
      title={t('rfmTitle')}
      why={
        limits?.days != null && limits.orders !== null && limits.amount_minor !== null
          ? t('rfmWhy', {
              window: Number(model.settings.days ?? 365),
              days: format.count(limits.days, 1),
              orders: format.count(limits.orders, 2),
              amount: format.money(Math.round(limits.amount_minor)),
              buyers: format.count(limits.buyers),
            })
          : t('rfmNoBuyers')
      }
    >
      <div className="rfm">
        {CELLS.map(({ key, marks }) => {
          const layer = sizeOf(key)
          return (
            <section key={key} className={`rfm-cell ${key}`} aria-label={layer ? format.named(layer) : key}>
              <div className="spread">
                <b>{layer ? format.named(layer) : key}</b>
                <span className="sub nowrap" title={t('marks')}>
                  {marks}
                </span>
              </div>
              <div className="rfm-size">
                <Link to={membersOf(model.key, key)}>{format.people(layer?.n)}</Link>{' '}
                <span className="sub">{format.rate(layer?.share)}</span>
              </div>
              <div className="small">{t(`meaning.${key}`)}</div>
            </section>
          )
        })}
      </div>
      {none && (
        <div className="rfm-cell none">
          <b>{format.named(none)}</b> <Link to={membersOf(model.key, 'none')}>{format.people(none.n)}</Link>{' '}
          <span className="sub">{format.rate(none.share)}</span>
        </div>
      )}
    </Card>
  )
}
