import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { components } from '../../api/schema'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'

type Flow = components['schemas']['LayerFlow']
const SHOWN_MOVES = 4

/** The layers of one model: how many now, how many more or fewer than before, and the biggest moves between them. */
export function LayerCard({ flow }: { flow: Flow }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const say = (thing: { zh: string; en: string }) => (format.language === 'en' ? thing.en : thing.zh)
  const nameOf = (key: string) => {
    const layer = flow.layers.find((each) => each.key === key)
    return layer ? say(layer) : t('outside')
  }
  const most = Math.max(1, ...flow.layers.map(({ now }) => now))
  const moves = flow.moves
    .filter(({ source, target }) => source !== '' && target !== '')
    .sort((a, b) => b.people - a.people)
    .slice(0, SHOWN_MOVES)
  return (
    <Card
      title={t('layers', { model: say(flow) })}
      why={t('layersWhy')}
      acts={<Link to={`/layers?model=${flow.model}`}>{t('toLayers')}</Link>}
    >
      <table className="grid">
        <tbody>
          {flow.layers.map((layer) => (
            <tr key={layer.key}>
              <td className="nowrap">{say(layer)}</td>
              <td style={{ width: '40%' }}>
                <div className="mbar" style={{ marginTop: 0 }} aria-hidden>
                  <i style={{ width: `${(layer.now / most) * 100}%` }} />
                </div>
              </td>
              <td className="num">{format.people(layer.now)}</td>
              <td className="num mute">{format.change(layer.now, layer.before)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {moves.length > 0 && (
        <p className="sub" style={{ marginTop: 8 }}>
          {t('moves')}
          {moves
            .map((move) => `${nameOf(move.source)} → ${nameOf(move.target)} ${format.people(move.people)}`)
            .join(t('listMark'))}
        </p>
      )}
    </Card>
  )
}
