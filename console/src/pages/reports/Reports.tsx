import { useTranslation } from 'react-i18next'
import { later } from '../../shared/later'
import { Skeleton } from '../../shared/PageState'
import { Tabs } from '../../shared/Tabs'
import { Boards } from './Boards'
import { Funnel } from './Funnel'
import { Retention } from './Retention'
import './reports.css'

const Explore = later(async () => (await import('./Explore')).Explore, <Skeleton />)
const Focus = later(async () => (await import('./Focus')).Focus, <Skeleton />)

/** Numbers asked for: dashboards by role, any question, funnels, retention, and where to stop. */
export default function Reports() {
  const { t } = useTranslation('reports')
  return (
    <div className="body">
      <Tabs
        items={[
          { key: 'boards', label: t('tab.boards'), render: () => <Boards /> },
          { key: 'explore', label: t('tab.explore'), render: () => <Explore /> },
          { key: 'funnel', label: t('tab.funnel'), render: () => <Funnel /> },
          { key: 'retention', label: t('tab.retention'), render: () => <Retention /> },
          { key: 'focus', label: t('tab.focus'), render: () => <Focus /> },
        ]}
      />
    </div>
  )
}
