import { useTranslation } from 'react-i18next'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Rate } from './Rate'
import { placesOf, TONES, type Version } from './script'

/** Every version of a kind: what it said, who wrote and reviewed it, from when to when, and how often it won. */
export function History({ versions }: { versions: Version[] }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  if (versions.length === 0) return null
  return (
    <Card title={t('history')} why={t('rate.why')}>
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th>{t('version')}</th>
              <th>{t('state')}</th>
              <th>{t('text')}</th>
              <th>{t('rate.title')}</th>
              <th>{t('who')}</th>
              <th>{t('when')}</th>
            </tr>
          </thead>
          <tbody>
            {versions.map((each) => (
              <tr key={each.id}>
                <td className="nowrap">{t('nth', { n: each.n })}</td>
                <td>
                  <Chip tone={TONES[each.state]}>{t(`states.${each.state}`)}</Chip>
                </td>
                <td className="script-text">
                  {placesOf(each.kind)
                    .map((place) => each.texts[place])
                    .join('\n')}
                </td>
                <td>
                  <Rate rate={each.win_rate} />
                </td>
                <td className="nowrap">{[...new Set([each.written_by, each.reviewed_by])].filter(Boolean).join(' / ')}</td>
                <td className="nowrap">
                  {each.published_at === null ? format.moment(each.written_at) : `${format.day(each.published_at)} – ${each.ended_at === null ? (each.expires_on ?? '') : format.day(each.ended_at)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
