import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useKnown } from '../../conditions/useKnown'

/** What an act was done to ("tag:skin_need"), by name, and one click away where it has a page. */
export function Subject({ subject }: { subject: string }) {
  const { t } = useTranslation('settings')
  const known = useKnown()
  const [kind = '', key = ''] = subject.split(':')
  const shown: Record<string, { name: string; to?: string }> = {
    tag: { name: known.tag(key), to: `/tags?tag=${key}` },
    layers: { name: known.model(key), to: `/layers?model=${key}` },
    audience: { name: known.audience(key), to: `/audiences/${key}` },
    journey: { name: known.journey(key), to: `/journeys/${key}` },
    customer: { name: `#${key}`, to: `/customers/${key}` },
    goal: { name: key, to: `/goals?goal=${key}` },
    import: { name: `#${key}`, to: `/imports/${key}` },
    event: { name: known.event(key) },
    source: { name: known.source(key) },
  }
  const { name, to } = shown[kind] ?? { name: key }
  return (
    <>
      <span className="sub">{t(`subject.${kind as 'tag'}`, { defaultValue: kind })}</span>{' '}
      {to === undefined ? name : <Link to={to}>{name}</Link>}
    </>
  )
}
