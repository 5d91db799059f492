import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import { QueryTable } from '../../shared/QueryTable'
import { usePaging } from '../../shared/usePaging'

type Customer = components['schemas']['CustomerOut']

export function Members({ audienceKey }: { audienceKey: string }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const { query, paging } = usePaging({})
  const members = api.useQuery('get', '/api/insight/audiences/{key}/members', {
    params: { path: { key: audienceKey }, query },
  })
  return (
    <div className="card">
      <QueryTable<Customer>
        name="members"
        query={members}
        rowKey={(row) => row.cid}
        paging={paging}
        empty={<Empty title={t('nobody')} text={t('nobodyText')} />}
        columns={[
          {
            key: 'name',
            title: t('customer'),
            render: (row) => <Link to={`/customers/${row.cid}`}>{row.name || `#${row.cid}`}</Link>,
          },
          { key: 'owner', title: t('owner'), render: (row) => row.owner?.name ?? '—' },
          { key: 'seen', title: t('seen'), render: (row) => format.day(row.first_seen_at) },
        ]}
      />
    </div>
  )
}
