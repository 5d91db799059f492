import { Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { ConditionFilter } from '../../conditions/ConditionFilter'
import type { Condition } from '../../conditions/tree'
import { useFormat, type Format } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty } from '../../shared/PageState'
import { QueryTable, type Column } from '../../shared/QueryTable'
import { Sentence } from '../../shared/Sentence'
import { StaffSelect } from '../../shared/staff'
import { usePaging } from '../../shared/usePaging'
import { sayAttribute } from './attributes'

const AddCustomer = later(async () => (await import('./AddCustomer')).AddCustomer)

type Customer = components['schemas']['CustomerOut']
type Attribute = components['schemas']['AttributeOut']

/** Everybody the reader may see: found by name or number, filtered, a page at a time. */
export default function Customers() {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const navigate = useNavigate()
  const mayWrite = useMayWrite()
  const [adding, setAdding] = useState(false)
  const { filters, query, paging, setFilters } = usePaging({
    search: '',
    source: '',
    owner: '',
    store: '',
    sort: '-first_seen',
    condition: '',
  })
  const { search, source, owner, store, sort } = filters
  const condition = parsed(filters.condition)
  const wanted = { ...query, search, source, owner, store, sort, state: 'live' as const }
  const all = api.useQuery('get', '/api/people/customers', { params: { query: wanted } }, { enabled: condition === null })
  const selected = useQuery({
    queryKey: ['post', '/api/insight/customers', filters.condition, wanted],
    queryFn: async () => (await http.POST('/api/insight/customers', { body: { ...wanted, condition: condition ?? {} } })).data,
    enabled: condition !== null,
    placeholderData: keepPreviousData,
  })
  const customers = condition === null ? all : (selected as typeof all)
  const attributes = api.useQuery('get', '/api/people/attributes')
  const sources = api.useQuery('get', '/api/people/sources')
  const stores = api.useQuery('get', '/api/org/stores')
  const sourceName = (key: string) => {
    const found = sources.data?.find((each) => each.key === key)
    return found ? format.named(found) : key || '—'
  }
  const filtered = [search, source, owner, store, filters.condition].some((each) => each !== '')
  return (
    <div className="body">
      <Sentence
        title={
          customers.data
            ? t(filtered ? 'titleFiltered' : 'title', { n: format.count(customers.data.total) })
            : t('titleLoading')
        }
        sub={t('sub')}
        acts={
          mayWrite && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('add')}
            </Button>
          )
        }
      />
      <div className="card">
        <QueryTable<Customer>
          name="customers"
          query={customers}
          rowKey={(row) => row.cid}
          paging={paging}
          sort={{
            by: sort.replace('-', ''),
            descending: sort.startsWith('-'),
            onChange: (by, descending) => setFilters({ sort: by === '' ? '-first_seen' : `${descending ? '-' : ''}${by}` }),
          }}
          bar={
            <>
              <Input.Search
                key={search}
                allowClear
                placeholder={t('search')}
                aria-label={t('search')}
                defaultValue={search}
                onSearch={(text) => setFilters({ search: text.trim() })}
                style={{ width: 240 }}
              />
              <Select
                allowClear
                placeholder={t('source')}
                aria-label={t('source')}
                value={source || undefined}
                onChange={(next) => setFilters({ source: next ?? '' })}
                options={sources.data?.map((each) => ({ value: each.key, label: format.named(each) }))}
                style={{ width: 150 }}
              />
              <Select
                allowClear
                placeholder={t('store')}
                aria-label={t('store')}
                value={store || undefined}
                onChange={(next) => setFilters({ store: next ?? '' })}
                options={stores.data?.map(({ key, name }) => ({ value: key, label: name }))}
                style={{ width: 150 }}
              />
              <StaffSelect
                allowClear
                label={t('owner')}
                value={owner || undefined}
                onChange={(next) => setFilters({ owner: next ?? '' })}
                width={170}
              />
              <ConditionFilter
                key={filters.condition}
                condition={condition}
                onChange={(next) => setFilters({ condition: next === null ? '' : JSON.stringify(next) })}
              />
              {filtered && (
                <Button type="link" onClick={() => setFilters({ search: '', source: '', owner: '', store: '', condition: '' })}>
                  {t('act.reset', { ns: 'common' })}
                </Button>
              )}
            </>
          }
          columns={columnsOf({ t, format, sourceName, attributes: attributes.data ?? [] })}
          empty={
            filtered ? (
              <Empty title={t('noneFiltered')} text={t('noneFilteredText')} />
            ) : (
              <Empty title={t('none')} text={t('noneText')} act={mayWrite && <Link to="/imports">{t('toImports')}</Link>} />
            )
          }
        />
      </div>
      {adding && <AddCustomer onClose={() => setAdding(false)} onAdded={(cid) => void navigate(`/customers/${cid}`)} />}
    </div>
  )
}

/** The condition in the address; anything that is none filters nothing. */
function parsed(text: string): Condition | null {
  if (text === '') return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Condition) : null
  } catch {
    return null
  }
}

function columnsOf({
  t,
  format,
  sourceName,
  attributes,
}: {
  t: ReturnType<typeof useTranslation<'customers'>>['t']
  format: Format
  sourceName: (key: string) => string
  attributes: Attribute[]
}): Column<Customer>[] {
  return [
    {
      key: 'name',
      title: t('name'),
      sortable: true,
      render: (row) => <Link to={`/customers/${row.cid}`}>{row.name || t('unnamed', { cid: row.cid })}</Link>,
    },
    {
      key: 'contact',
      title: t('contact'),
      render: (row) => row.identities.find(({ type }) => type === 'phone')?.shown ?? '—',
    },
    { key: 'source', title: t('source'), render: (row) => sourceName(row.source) },
    { key: 'owner', title: t('owner'), render: (row) => row.owner?.name ?? '—' },
    {
      key: 'first_seen',
      title: t('firstSeen'),
      sortable: true,
      render: (row) => <span className="nowrap">{format.day(row.first_seen_at)}</span>,
    },
    ...attributes.map((attribute, at) => ({
      key: `attr.${attribute.key}`,
      title: format.named(attribute),
      optional: at >= 3,
      render: (row: Customer) => sayAttribute(format, attribute, row.attrs[attribute.key]),
    })),
    {
      key: 'identities',
      title: t('identities'),
      optional: true,
      render: (row) => row.identities.map(({ type }) => type).join(' · '),
    },
    { key: 'cid', title: t('cid'), optional: true, numeric: true, render: (row) => row.cid },
  ]
}
