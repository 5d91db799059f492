import { useTranslation } from 'react-i18next'
import { useMayWrite, useSession } from '../../api/session'
import { later } from '../../shared/later'
import { Skeleton } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Tabs } from '../../shared/Tabs'
import { HouseFacts } from './HouseFacts'

const Accounts = later(async () => (await import('./Accounts')).Accounts, <Skeleton />)
const Audit = later(async () => (await import('./Audit')).Audit, <Skeleton />)
const Contact = later(async () => (await import('./Contact')).Contact, <Skeleton />)
const Organisation = later(async () => (await import('./Organisation')).Organisation, <Skeleton />)
const WriteKeys = later(async () => (await import('./WriteKeys')).WriteKeys, <Skeleton />)

export default function Settings() {
  const { t } = useTranslation('settings')
  const isOwner = useSession().role === 'owner'
  const mayWrite = useMayWrite()
  return (
    <div className="body">
      <Sentence title={t('title')} sub={t('sub')} />
      <Tabs
        items={[
          { key: 'house', label: t('tab.house'), render: () => <HouseFacts /> },
          { key: 'org', label: t('tab.org'), render: () => <Organisation /> },
          { key: 'contact', label: t('tab.contact'), render: () => <Contact /> },
          { key: 'accounts', label: t('tab.accounts'), render: () => <Accounts />, isAllowed: isOwner },
          { key: 'keys', label: t('tab.keys'), render: () => <WriteKeys />, isAllowed: isOwner },
          { key: 'audit', label: t('tab.audit'), render: () => <Audit />, isAllowed: mayWrite },
        ]}
      />
    </div>
  )
}
