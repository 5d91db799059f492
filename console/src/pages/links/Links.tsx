import { Alert, Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useMayWrite, useSession } from '../../api/session'
import { useAddress } from '../../shared/address'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty } from '../../shared/PageState'
import { QueryTable, type Column } from '../../shared/QueryTable'
import { Sentence } from '../../shared/Sentence'
import { usePaging } from '../../shared/usePaging'
import { isHere, STATES, TONES, type Link } from './link'
import { Rate, Reading } from './Rate'

const LinkDrawer = later(async () => (await import('./LinkDrawer')).LinkDrawer)
const LinkForm = later(async () => (await import('./LinkForm')).LinkForm)
const BaseForm = later(async () => (await import('./BaseForm')).BaseForm)

/** Every link that tells who opened it: where it stands, whom it reached, and how it was read. */
export default function Links() {
  const { t } = useTranslation('links')
  const mayWrite = useMayWrite()
  const { role } = useSession()
  const [form, setForm] = useState<'link' | 'base' | null>(null)
  const [address, set] = useAddress({ link: '' })
  const { filters, query, paging, setFilters } = usePaging({ search: '', state: '' })
  const state = STATES.find((each) => each === filters.state)
  const links = api.useQuery('get', '/api/content/links', { params: { query: { ...query, search: filters.search, state } } })
  const open = api.useQuery('get', '/api/content/links', { params: { query: { state: 'open', size: 1 } } })
  const base = api.useQuery('get', '/api/content/link-base', undefined, { enabled: mayWrite })
  const columns = useColumns((key) => set({ link: key }))
  const add = mayWrite && (
    <Button type="primary" onClick={() => setForm('link')}>
      {t('new')}
    </Button>
  )
  return (
    <div className="body stack">
      <Sentence
        title={t(mayWrite ? 'title' : 'titleReader', { n: links.data?.total ?? 0, open: open.data?.total ?? 0 })}
        sub={t('sub')}
        acts={
          <>
            {role === 'owner' && <Button onClick={() => setForm('base')}>{t('base')}</Button>}
            {add}
          </>
        }
      />
      {base.data && isHere(base.data.base) && <Alert role="note" type="warning" showIcon title={t('baseHere', { base: base.data.base })} />}
      <section className="card">
        <QueryTable
          name="links"
          query={links}
          columns={columns}
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
              {mayWrite && (
                <Select
                  aria-label={t('state')}
                  value={filters.state}
                  onChange={(next) => setFilters({ state: next })}
                  options={[
                    { value: '', label: t('anyState') },
                    ...STATES.map((each) => ({ value: each, label: t(`states.${each}`) })),
                  ]}
                  style={{ width: 120 }}
                />
              )}
            </>
          }
          empty={
            filters.search !== '' || state !== undefined ? (
              <Empty title={t('noneFound')} text={t('noneFoundText')} />
            ) : (
              <Empty title={t('none')} text={t('noneText')} />
            )
          }
        />
        <p className="sub" style={{ marginTop: 12 }}>{t('rateWhy')}</p>
      </section>
      {form === 'link' && <LinkForm link={null} onClose={() => setForm(null)} onSaved={(key) => set({ link: key })} />}
      {form === 'base' && base.data && <BaseForm base={base.data} onClose={() => setForm(null)} />}
      {address.link !== '' && <LinkDrawer link={address.link} onClose={() => set({ link: '' })} />}
    </div>
  )
}

function useColumns(onOpen: (key: string) => void): Column<Link>[] {
  const { t } = useTranslation('links')
  const format = useFormat()
  return [
    {
      key: 'title',
      title: t('link'),
      render: (row) => (
        <button type="button" className="plain strong good" onClick={() => onOpen(row.key)}>
          {row.title}
        </button>
      ),
    },
    { key: 'kind', title: t('kind'), render: (row) => <Chip reason={t(`kinds.${row.kind}.why`)}>{t(`kinds.${row.kind}.name`)}</Chip> },
    { key: 'state', title: t('state'), render: (row) => <Chip tone={TONES[row.state]}>{t(`states.${row.state}`)}</Chip> },
    { key: 'sent', title: t('sent'), numeric: true, render: (row) => format.people(row.numbers.sent) },
    { key: 'rate', title: t('rate'), render: (row) => <Rate numbers={row.numbers} /> },
    { key: 'reading', title: t('reading'), render: (row) => <Reading kind={row.kind} numbers={row.numbers} /> },
    { key: 'bots', title: t('bots'), numeric: true, optional: true, render: (row) => format.count(row.numbers.bots) },
    { key: 'changed', title: t('changed'), render: (row) => <span className="sub nowrap">{format.moment(row.changed_at)}</span> },
  ]
}
