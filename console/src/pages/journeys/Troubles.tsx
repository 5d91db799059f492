import { useTranslation } from 'react-i18next'
import { useFormat } from '../../shared/format'
import type { Detail } from './Journey'

/** People who cannot go on and why, and what the journey asks about that is no more. */
export function Troubles({ detail }: { detail: Detail }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const nameOf = (place: string) => {
    const step = detail.nodes.find((node) => place === `steps.${node.id}`)
    if (place === '') return t('wholeVersion')
    if (place === 'filter') return t('entryFilter')
    return step === undefined || step.title === '' ? place.replace('steps.', '') : step.title
  }
  const told = new Set(detail.stuck.map((each) => each.message))
  const broken = detail.broken.filter((each) => !told.has(each.message))
  if (detail.stuck.length + broken.length === 0) return null
  return (
    <div className="warn" role="status">
      {detail.stuck.map((each) => (
        <p key={`${each.version}:${each.place}`}>
          {t('stuck', {
            n: format.count(each.people),
            place: nameOf(each.place),
            version: each.version,
            at: format.moment(each.since),
          })}{' '}
          {each.message}
        </p>
      ))}
      {broken.map((each) => (
        <p key={`${each.place}:${each.message}`}>{t('broken', { place: each.place, message: each.message })}</p>
      ))}
    </div>
  )
}
