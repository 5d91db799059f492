import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import { QueryTable } from '../../shared/QueryTable'
import { usePaging } from '../../shared/usePaging'
import { Subject } from './Subject'

/** Who did what, when, to what: the trail nobody can edit. */
export function Audit() {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const { filters, query, paging, setFilters } = usePaging({ actor: '', subject: '' })
  const rows = api.useQuery('get', '/api/org/audit', {
    params: { query: { ...query, actor: filters.actor, subject: filters.subject } },
  })
  return (
    <Card title={t('audit.title')} why={t('audit.why')}>
      <QueryTable
        name="audit"
        query={rows}
        rowKey={(row) => row.id}
        paging={paging}
        empty={<Empty title={t('audit.none')} text={t('audit.noneText')} />}
        bar={
          <>
            <Input.Search
              allowClear
              placeholder={t('audit.actor')}
              defaultValue={filters.actor}
              onSearch={(actor) => setFilters({ actor })}
              style={{ width: 180 }}
            />
            <Input.Search
              allowClear
              placeholder={t('audit.subject')}
              defaultValue={filters.subject}
              onSearch={(subject) => setFilters({ subject })}
              style={{ width: 220 }}
            />
          </>
        }
        columns={[
          { key: 'at', title: t('audit.at'), render: (row) => <span className="nowrap">{format.moment(row.at)}</span> },
          { key: 'actor', title: t('audit.actor'), render: (row) => (row.actor === 'system' ? t('audit.system') : row.actor_name) },
          { key: 'action', title: t('audit.action'), render: (row) => t(`action.${row.action as 'tag.add'}`, { defaultValue: row.action }) },
          { key: 'subject', title: t('audit.subject'), render: (row) => <Subject subject={row.subject} /> },
          {
            key: 'detail',
            title: t('audit.detail'),
            render: (row) => (
              <span className="sub">
                {Object.entries(row.detail)
                  .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
                  .join(' · ')}
              </span>
            ),
          },
        ]}
      />
    </Card>
  )
}
