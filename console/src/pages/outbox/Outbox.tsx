import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useAddress } from '../../shared/address'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Sentence } from '../../shared/Sentence'
import { Tabs } from '../../shared/Tabs'
import { Counts } from './Counts'
import { Lost } from './Lost'
import { Ways } from './Ways'

export const PATH = '/api/touch/outbox'
const WINDOWS = { day: 1, week: 7, month: 30 } as const
type Window = keyof typeof WINDOWS

/** Everything on its way out: what waits, what was held back and why, what did not arrive and what to do about it. */
export default function Outbox() {
  const { t } = useTranslation('outbox')
  const format = useFormat()
  const [address, set] = useAddress({ window: 'week' })
  const window: Window = address.window in WINDOWS ? (address.window as Window) : 'week'
  const days = WINDOWS[window]
  const ways = api.useQuery('get', `${PATH}/ways`, { params: { query: { days } } }, { refetchInterval: 15_000 })
  const failed = useTotal('failed')
  const unknown = useTotal('unknown')
  const waiting = ways.data?.channels.reduce((sum, way) => sum + way.waiting, 0)
  const held = ways.data
    ? [...ways.data.channels, ...ways.data.journeys].filter(({ pause }) => pause !== null).length +
      ways.data.channels.flatMap(({ endpoints }) => endpoints).filter(({ phase }) => phase !== 'closed').length
    : 0
  const isKnown = waiting !== undefined && failed !== undefined && unknown !== undefined
  const title = !isKnown ? 'titleLoading' : failed + unknown > 0 ? 'title' : 'titleCalm'
  return (
    <div className="body">
      <Sentence
        title={t(title, { waiting: format.count(waiting), failed: format.count(failed), unknown: format.count(unknown) })}
        sub={
          <>
            {t('sub')} {held > 0 && <Chip tone="warn">{t('held', { n: held })}</Chip>}
          </>
        }
        acts={
          <Segmented<Window>
            aria-label={t('window.label')}
            value={window}
            onChange={(next) => set({ window: next })}
            options={(Object.keys(WINDOWS) as Window[]).map((value) => ({ value, label: t(`window.${value}`) }))}
          />
        }
      />
      <Tabs
        items={[
          { key: 'counts', label: t('tab.counts'), render: () => <Counts days={days} /> },
          { key: 'ways', label: t('tab.ways'), render: () => <Ways query={ways} /> },
          { key: 'failed', label: tabLabel(t('tab.failed'), failed), render: () => <Lost key="failed" state="failed" /> },
          { key: 'unknown', label: tabLabel(t('tab.unknown'), unknown), render: () => <Lost key="unknown" state="unknown" /> },
        ]}
      />
    </div>
  )
}

function tabLabel(name: string, n: number | undefined): string {
  return n ? `${name} ${n}` : name
}

function useTotal(state: 'failed' | 'unknown'): number | undefined {
  return api.useQuery('get', `${PATH}/lost`, { params: { query: { state, size: 1 } } }).data?.total
}
