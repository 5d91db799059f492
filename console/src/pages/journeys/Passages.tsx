import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useAddress } from '../../shared/address'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty } from '../../shared/PageState'
import { QueryTable } from '../../shared/QueryTable'
import { usePaging } from '../../shared/usePaging'
import type { Definition } from './definition'
import type { Detail } from './Journey'
import { useNames } from './names'
import { sayReason, sayStep } from './words'

const TraceDrawer = later(async () => (await import('./TraceDrawer')).TraceDrawer)

type RunRow = components['schemas']['RunOut']
const STATES = ['', 'ahead', 'inside', 'over', 'converted'] as const

/** Who is inside, where they stand, and why. */
export function Passages({ detail }: { detail: Detail }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const names = useNames()
  const { key } = detail.journey
  const { filters, query, paging, setFilters } = usePaging({ at: '', state: '' })
  const [address, set] = useAddress({ run: '' })
  const state = STATES.find((each) => each === filters.state) ?? ''
  const runs = api.useQuery('get', '/api/journeys/{key}/runs', {
    params: { path: { key }, query: { ...query, step: filters.at, state } },
  })
  const definition = detail.definition as unknown as Definition
  const titleOf = (run: RunRow) => {
    const step = definition.steps.find(({ id }) => id === run.step)
    return run.step_title || (step ? sayStep(step, t, names).title : run.step)
  }
  return (
    <div className="card">
      <QueryTable<RunRow>
        name="runs"
        query={runs}
        rowKey={(row) => row.id}
        paging={paging}
        bar={
          <>
            <Segmented
              value={state}
              onChange={(next) => setFilters({ state: next })}
              options={STATES.filter((value) => value !== 'ahead' || detail.ahead > 0).map((value) => ({ value, label: t(`people.${value === '' ? 'all' : value}`) }))}
            />
            <Select
              allowClear
              placeholder={t('allSteps')}
              aria-label={t('step')}
              value={filters.at || undefined}
              onChange={(next?: string) => setFilters({ at: next ?? '' })}
              options={definition.steps.map((step) => ({ value: step.id, label: sayStep(step, t, names).title }))}
              style={{ width: 260 }}
            />
          </>
        }
        empty={<Empty title={t('noRuns')} text={t('noRunsText')} />}
        columns={[
          {
            key: 'customer',
            title: t('customer'),
            render: (row) => <Link to={`/customers/${row.cid}`}>{row.customer_name || `#${row.cid}`}</Link>,
          },
          {
            key: 'arm',
            title: t('arm'),
            render: (row) =>
              row.arm === '' ? '—' : <Chip tone={row.untreated ? 'plain' : 'good'}>{t(row.untreated ? 'controlArm' : 'treated')}</Chip>,
          },
          { key: 'entered', title: t('at'), render: (row) => <span className="nowrap">{format.moment(row.entered_at)}</span> },
          {
            key: 'step',
            title: t('stepNow'),
            render: (row) =>
              row.ended_at === null ? (
                row.arm === '' ? <span className="mute">{t('waitsToEnter')}</span> : titleOf(row)
              ) : (
                <span className="mute">{sayReason(row.end_reason, t, names.event)}</span>
              ),
          },
          {
            key: 'due',
            title: t('due'),
            render: (row) => <span className="nowrap">{row.ended_at === null ? format.moment(row.next_at) : '—'}</span>,
          },
          {
            key: 'converted',
            title: t('goalIs'),
            render: (row) => (row.converted_at ? <Chip tone="good">{format.day(row.converted_at)}</Chip> : '—'),
          },
          {
            key: 'trace',
            title: '',
            render: (row) => (
              <button type="button" className="plain good" onClick={() => set({ run: String(row.id) })}>
                {t('trace')}
              </button>
            ),
          },
        ]}
      />
      {address.run !== '' && <TraceDrawer runId={Number(address.run)} onClose={() => set({ run: '' })} />}
    </div>
  )
}
