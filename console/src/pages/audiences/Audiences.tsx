import { useTranslation } from 'react-i18next'
import { later } from '../../shared/later'
import { Skeleton } from '../../shared/PageState'
import { Tabs } from '../../shared/Tabs'
import { AudienceList } from './AudienceList'

const Lists = later(async () => (await import('./Lists')).Lists, <Skeleton />)

/** Whom we speak to: the people a condition selects, and the people a file names. */
export default function Audiences() {
  const { t } = useTranslation('audiences')
  return (
    <div className="body">
      <Tabs
        items={[
          { key: 'audiences', label: t('tab.audiences'), render: () => <AudienceList /> },
          { key: 'lists', label: t('tab.lists'), render: () => <Lists /> },
        ]}
      />
    </div>
  )
}
