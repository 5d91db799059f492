import { useTranslation } from 'react-i18next'
import { useMayWrite } from '../../api/session'
import { later } from '../../shared/later'
import { Skeleton } from '../../shared/PageState'
import { Tabs } from '../../shared/Tabs'
import { Library } from './Library'

const Personas = later(async () => (await import('./Personas')).Personas, <Skeleton />)
const Faqs = later(async () => (await import('./Faqs')).Faqs, <Skeleton />)
const Words = later(async () => (await import('./Words')).Words, <Skeleton />)

/** What the house says: scripts, through which personas, answers to questions, and the words it must not use. */
export default function Scripts() {
  const { t } = useTranslation('scripts')
  const mayWrite = useMayWrite()
  return (
    <div className="body">
      <Tabs
        items={[
          { key: 'scripts', label: t('tab.scripts'), render: () => <Library /> },
          { key: 'personas', label: t('tab.personas'), render: () => <Personas /> },
          { key: 'faqs', label: t('tab.faqs'), render: () => <Faqs /> },
          { key: 'words', label: t('tab.words'), render: () => <Words />, isAllowed: mayWrite },
        ]}
      />
    </div>
  )
}
