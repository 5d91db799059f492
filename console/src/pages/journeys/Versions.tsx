import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import type { Detail } from './Journey'

export function Versions({ detail }: { detail: Detail }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const [, set] = useAddress({ version: '', tab: 'graph' })
  if (detail.versions.length === 0) return <Empty title={t('noVersions')} text={t('noVersionsText')} />
  return (
    <Card title={t('versionsTitle')}>
      <table className="grid">
        <thead>
          <tr>
            <th>{t('tab.versions')}</th>
            <th>{t('publishedAt')}</th>
            <th>{t('publishedBy')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {detail.versions.map((version) => (
            <tr key={version.n}>
              <td>
                {t('version', { n: version.n })}{' '}
                {version.n === detail.journey.version && <Chip tone="good">{t('current')}</Chip>}
              </td>
              <td>{format.moment(version.published_at)}</td>
              <td>{version.published_by}</td>
              <td>
                <Button size="small" onClick={() => set({ version: String(version.n), tab: 'graph' })}>
                  {t('tab.graph')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
