import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useHouse } from '../../api/session'
import { useKnown } from '../../conditions/useKnown'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import type { LayerOut } from './Layers'
import { membersOf } from './members'

type StrategyCard = LayerOut['cards'][string]

/** Layers whose usual treatment is known: those shipped. */
const SHIPPED = [
  ...(['champion', 'develop', 'keep_high', 'win_back', 'raise_value', 'nurture', 'keep_low', 'let_go', 'none'] as const),
  ...(['new_no_order', 'new_bought', 'old_bought', 'old_repeat'] as const),
  ...(['aware', 'interest', 'purchase', 'loyal', 'outside'] as const),
  ...(['top', 'potential', 'fresh', 'promising', 'attention', 'dozing', 'at_risk', 'cant_lose', 'asleep', 'lost'] as const),
] as const

/** Every layer with who is in it and how they are treated: the card somebody wrote, or the usual advice. */
export function LayerTable({ model, onCard }: { model: LayerOut; onCard?: (layer: string) => void }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const most = Math.max(1, ...model.layers.map(({ n }) => n))
  const isOrdered = model.kind === 'ordered'
  return (
    <Card
      title={isOrdered ? t('orderedTitle', { model: format.named(model) }) : t('cardsTitle')}
      why={isOrdered ? t('orderedWhy', { day: format.day(model.day) }) : cutsWhy(model, t, format)}
    >
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th>{t('layer')}</th>
              <th className="num">{t('people')}</th>
              <th className="num">{t('share')}</th>
              <th style={{ width: '10%' }} aria-hidden />
              {isOrdered && <th>{t('who')}</th>}
              <th style={{ width: '38%' }}>{t('treatment')}</th>
              {onCard && <th aria-label={t('card')} />}
            </tr>
          </thead>
          <tbody>
            {model.layers.map((layer) => {
              const shipped = SHIPPED.find((key) => key === layer.key)
              const card = model.cards[layer.key]
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
                  {isOrdered && <td>{model.sentences[layer.key] ?? t('rest')}</td>}
                  <td>
                    {card ? <Treatment card={card} /> : <span className="mute">{shipped ? t(`strategy.${shipped}`) : t('noCard')}</span>}
                  </td>
                  {onCard && (
                    <td className="nowrap">
                      <Button
                        size="small"
                        type="text"
                        aria-label={t('cardOf', { layer: format.named(layer) })}
                        onClick={() => onCard(layer.key)}
                      >
                        {t(card ? 'cardEdit' : 'cardWrite')}
                      </Button>
                    </td>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

function Treatment({ card }: { card: StrategyCard }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const known = useKnown()
  const today = format.day(useHouse().now)
  const { sops = [] } = card
  const isOverdue = card.review !== null && card.review !== undefined && card.review <= today
  return (
    <>
      {card.goal !== '' && <div className="strong">{card.goal}</div>}
      {sops.length > 0 && (
        <div>
          {sops.map((key, at) => (
            <span key={key}>
              {at > 0 && t('and')}
              <Link to={`/journeys/${key}`}>{known.journey(key)}</Link>
            </span>
          ))}
        </div>
      )}
      <div className="sub">
        {card.owner !== '' && <span>{t('ownedBy', { name: known.staff(card.owner) })} </span>}
        {card.review &&
          (isOverdue ? (
            <Chip tone="warn" reason={t('overdueWhy')}>
              {t('overdue', { day: card.review })}
            </Chip>
          ) : (
            <span>{t('reviewOn', { day: card.review })}</span>
          ))}
      </div>
      {card.note !== '' && <div className="sub">{card.note}</div>}
    </>
  )
}

/** The ends of the fifths in words. */
function cutsWhy(
  model: LayerOut,
  t: ReturnType<typeof useTranslation<'layers'>>['t'],
  format: ReturnType<typeof useFormat>,
): string | undefined {
  const cuts = model.thresholds?.cuts
  if (!cuts) return undefined
  const shown = (name: string, say: (value: number) => string) => (cuts[name] ?? []).map(say).join(' · ')
  return t('cutsWhy', {
    window: Number(model.settings.days ?? 365),
    buyers: format.count(model.thresholds?.buyers ?? 0),
    r: shown('r', (value) => format.count(value)),
    f: shown('f', (value) => format.count(value)),
    m: shown('m', (value) => format.money(value)),
  })
}
