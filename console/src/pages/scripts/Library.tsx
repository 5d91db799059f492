import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty } from '../../shared/PageState'
import { QueryTable, type Column } from '../../shared/QueryTable'
import { Sentence } from '../../shared/Sentence'
import { usePaging } from '../../shared/usePaging'
import { useAddress } from '../../shared/address'
import { Folders } from './Folders'
import { STATES, TONES, type Script } from './script'
import { Rate } from './Rate'
import './scripts.css'

const ScriptDrawer = later(async () => (await import('./ScriptDrawer')).ScriptDrawer)
const ScriptForm = later(async () => (await import('./ScriptForm')).ScriptForm)

const FILTERS = { search: '', stage: '', psychology: '', product: '', state: '' }

/** Every script by folder, with the stand and the win rate of each of its kinds. */
export function Library() {
  const { t } = useTranslation('scripts')
  const mayWrite = useMayWrite()
  const [making, setMaking] = useState(false)
  const [address, set] = useAddress({ script: '' })
  const { filters, query, paging, setFilters } = usePaging(FILTERS)
  const asked = {
    ...query,
    search: filters.search,
    stage: filters.stage,
    psychology: filters.psychology,
    product: filters.product,
    state: filters.state as (typeof STATES)[number],
  }
  const scripts = api.useQuery('get', '/api/content/scripts', { params: { query: asked } })
  const waiting = api.useQuery('get', '/api/content/scripts', { params: { query: { state: 'in_review', size: 1 } } })
  const narrowed = Object.keys(FILTERS).some((name) => filters[name as keyof typeof FILTERS] !== '')
  const add = mayWrite && (
    <Button type="primary" onClick={() => setMaking(true)}>
      {t('new')}
    </Button>
  )
  return (
    <div className="stack">
      <Sentence
        title={t(mayWrite ? 'title' : 'titleReader', { n: scripts.data?.total ?? 0, waiting: waiting.data?.total ?? 0 })}
        sub={t('sub')}
        acts={add}
      />
      <div className="script-library">
        <Folders chosen={filters} onChoose={setFilters} />
        <section className="card">
          <QueryTable
            name="scripts"
            query={scripts}
            columns={useColumns((key) => set({ script: key }))}
            rowKey={({ key }) => key}
            paging={paging}
            bar={
              <>
                <Input.Search
                  allowClear
                  aria-label={t('search')}
                  placeholder={t('searchExample')}
                  defaultValue={filters.search}
                  onSearch={(search) => setFilters({ search })}
                  style={{ width: 260 }}
                />
                <Select
                  aria-label={t('state')}
                  value={filters.state}
                  onChange={(state) => setFilters({ state })}
                  options={[
                    { value: '', label: t('anyState') },
                    ...STATES.map((state) => ({ value: state, label: t(`states.${state}`) })),
                  ]}
                  style={{ width: 120 }}
                />
              </>
            }
            empty={
              narrowed ? (
                <Empty title={t('noneFound')} text={t('noneFoundText')} />
              ) : (
                <Empty title={t('none')} text={t('noneText')} act={add} />
              )
            }
          />
        </section>
      </div>
      {making && <ScriptForm script={null} onClose={() => setMaking(false)} onSaved={(key) => set({ script: key })} />}
      {address.script !== '' && <ScriptDrawer script={address.script} onClose={() => set({ script: '' })} />}
    </div>
  )
}

function useColumns(onOpen: (key: string) => void): Column<Script>[] {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  return [
    {
      key: 'title',
      title: t('script'),
      render: (row) => (
        <button type="button" className="plain strong good" onClick={() => onOpen(row.key)}>
          {row.title}
        </button>
      ),
    },
    {
      key: 'kinds',
      title: t('kindsTitle'),
      render: (row) =>
        row.kinds.length === 0 ? (
          <span className="mute">{t('unwritten')}</span>
        ) : (
          <span className="line">
            {row.kinds.map(({ kind, current, open }) => {
              const state = open?.state === 'in_review' ? 'in_review' : (current?.state ?? open?.state ?? 'expired')
              return (
                <Chip key={kind} tone={TONES[state]} reason={t(`kinds.${kind}.why`)}>
                  {t(`kinds.${kind}.short`)} {t(`states.${state}`)}
                </Chip>
              )
            })}
          </span>
        ),
    },
    {
      key: 'rate',
      title: t('rate.title'),
      render: (row) => {
        const said = row.kinds.flatMap(({ kind, current }) => (current ? [{ kind, rate: current.win_rate }] : []))
        const best = said.toSorted((one, other) => (other.rate.rate ?? -1) - (one.rate.rate ?? -1))[0]
        return best ? <Rate rate={best.rate} /> : <span className="mute">—</span>
      },
    },
    {
      key: 'places',
      title: t('folders'),
      render: ({ stage, psychology, product }) =>
        [stage, psychology, product].flatMap((each) => (each ? [format.named(each)] : [])).join(' · ') || '—',
    },
    { key: 'persona', title: t('persona'), render: ({ persona }) => (persona ? format.named(persona) : '—') },
    { key: 'changed', title: t('changed'), render: (row) => format.moment(row.changed_at), optional: true },
  ]
}
