import { useTranslation } from 'react-i18next'
import { Tabs } from '../../shared/Tabs'
import { Bundle } from './Bundle'
import { Lookalike } from './Lookalike'
import { Rules } from './Rules'
import { Settings } from './Settings'

/** What is bought together, whom a product selects, and what a bundle would earn. */
export default function Affinity() {
  const { t } = useTranslation('affinity')
  return (
    <div className="body">
      <Tabs
        items={[
          { key: 'rules', label: t('rules'), render: () => <Rules /> },
          { key: 'lookalike', label: t('lookalike'), render: () => <Lookalike /> },
          { key: 'bundle', label: t('bundle'), render: () => <Bundle /> },
          { key: 'settings', label: t('settings'), render: () => <Settings /> },
        ]}
      />
    </div>
  )
}
