import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import type { Detail } from './Journey'

type Result = components['schemas']['VersionResult']

/** What was published when, what came of it, and the way back. */
export function Versions({ detail }: { detail: Detail }) {
  const { t } = useTranslation('journeys')
  const results = api.useQuery('get', '/api/journeys/{key}/versions/results', {
    params: { path: { key: detail.journey.key } },
  })
  if (detail.versions.length === 0) return <Empty title={t('noVersions')} text={t('noVersionsText')} />
  return (
    <Card title={t('versionsTitle')} why={t('versionsWhy')}>
      <Loaded query={results} rows={4}>
        {(found) => (
          <table className="grid">
            <thead>
              <tr>
                <th>{t('tab.versions')}</th>
                <th>{t('publishedAt')}</th>
                <th>{t('publishedBy')}</th>
                <th className="num">{t('versionEntered')}</th>
                <th className="num">{t('versionReached')}</th>
                <th className="num">{t('versionConverted')}</th>
                <th className="num">{t('versionControl')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {detail.versions.map((version) => (
                <VersionRow
                  key={version.n}
                  detail={detail}
                  version={version}
                  results={found.filter((each) => each.version === version.n)}
                />
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </Card>
  )
}

function VersionRow({
  detail,
  version,
  results,
}: {
  detail: Detail
  version: Detail['versions'][number]
  results: Result[]
}) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const navigate = useNavigate()
  const [, set] = useAddress({ version: '', tab: 'graph' })
  const { key, version: current } = detail.journey
  const restore = useAct(
    () => http.POST('/api/journeys/{key}/versions/{n}/restore', { params: { path: { key, n: version.n } } }),
    {
      done: t('restored', { n: version.n }),
      stale: ['/api/journeys'],
      then: () => void navigate(`/journeys/${key}?show=draft`),
    },
  )
  const treated = total(results.filter(({ arm }) => !UNTREATED.has(arm)))
  const control = total(results.filter(({ arm }) => UNTREATED.has(arm)))
  return (
    <tr>
      <td>
        {t('version', { n: version.n })} {version.n === current && <Chip tone="good">{t('current')}</Chip>}
      </td>
      <td>{format.moment(version.published_at)}</td>
      <td>{version.published_by}</td>
      <td className="num">{format.people(treated.entered)}</td>
      <td className="num">{format.people(treated.reached)}</td>
      <td className="num strong">{share(treated, format)}</td>
      <td className="num">{share(control, format)}</td>
      <td>
        <span className="line">
          <Button size="small" onClick={() => set({ version: String(version.n), tab: 'graph' })}>
            {t('tab.graph')}
          </Button>
          {mayWrite && version.n !== current && (
            <Button size="small" loading={restore.isPending} onClick={() => restore.mutate(undefined)}>
              {t('restore')}
            </Button>
          )}
        </span>
      </td>
    </tr>
  )
}

const UNTREATED = new Set(['control', 'holdout'])

function total(results: Result[]): { entered: number; reached: number; converted: number } {
  const sum = (part: 'entered' | 'reached' | 'converted') => results.reduce((before, each) => before + each[part], 0)
  return { entered: sum('entered'), reached: sum('reached'), converted: sum('converted') }
}

function share({ entered, converted }: { entered: number; converted: number }, format: ReturnType<typeof useFormat>): string {
  return entered === 0 ? '—' : `${format.count(converted)} (${format.count((converted / entered) * 100, 1)}%)`
}
