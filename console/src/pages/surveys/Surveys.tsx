import { Button, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { Empty } from '../../shared/PageState'
import { QueryTable, type Column } from '../../shared/QueryTable'
import { Sentence } from '../../shared/Sentence'
import { usePaging } from '../../shared/usePaging'
import { Rate } from './Rate'
import { STALE, TONES, type Survey } from './survey'

/** Every survey: where it stands, and how many opened and answered it. */
export default function Surveys() {
  const { t } = useTranslation('surveys')
  const mayWrite = useMayWrite()
  const go = useNavigate()
  const { filters, query, paging, setFilters } = usePaging({ search: '' })
  const surveys = api.useQuery('get', '/api/content/surveys', { params: { query: { ...query, search: filters.search } } })
  const columns = useColumns()
  const create = useAct(
    async () => {
      const key = newKey('survey').replace('-', '_')
      await http.POST('/api/content/surveys', {
        body: { kind: 'survey', key, title: t('newTitle'), intro: '', thanks: '', anonymous: false, again: false },
      })
      return key
    },
    { stale: STALE, then: (key) => void go(`/surveys/${key}`) },
  )
  return (
    <div className="body stack">
      <Sentence
        title={t('title', { n: surveys.data?.total ?? 0 })}
        sub={t('sub')}
        acts={
          mayWrite && (
            <Button type="primary" loading={create.isPending} onClick={() => create.mutate(undefined)}>
              {t('new')}
            </Button>
          )
        }
      />
      <section className="card">
        <QueryTable
          name="surveys"
          query={surveys}
          columns={columns}
          rowKey={({ key }) => key}
          paging={paging}
          bar={
            <Input.Search
              allowClear
              aria-label={t('search')}
              placeholder={t('searchExample')}
              defaultValue={filters.search}
              onSearch={(search) => setFilters({ search })}
              style={{ width: 260 }}
            />
          }
          empty={
            filters.search === '' ? (
              <Empty title={t('none')} text={t('noneText')} />
            ) : (
              <Empty title={t('noneFound')} text={t('noneFoundText')} />
            )
          }
        />
        <p className="sub" style={{ marginTop: 12 }}>{t('rateWhy')}</p>
      </section>
    </div>
  )
}

function useColumns(): Column<Survey>[] {
  const { t } = useTranslation('surveys')
  const format = useFormat()
  return [
    { key: 'title', title: t('survey'), render: (row) => <Link to={`/surveys/${row.key}`}>{row.title}</Link> },
    {
      key: 'state',
      title: t('state'),
      render: (row) => (
        <span className="line">
          <Chip tone={TONES[row.state]}>{t(`states.${row.state}`)}</Chip>
          {row.version > 0 && row.is_changed && <Chip tone="warn">{t('unpublished')}</Chip>}
        </span>
      ),
    },
    { key: 'sent', title: t('sent'), numeric: true, render: (row) => format.people(row.numbers.sent) },
    { key: 'opened', title: t('opened'), numeric: true, render: (row) => format.people(row.numbers.opened) },
    { key: 'answered', title: t('answered'), numeric: true, render: (row) => format.people(row.numbers.answered) },
    { key: 'rate', title: t('rate'), render: (row) => <Rate numbers={row.numbers} /> },
    {
      key: 'unnamed',
      title: t('unnamed'),
      render: ({ numbers: { unnamed, opens } }) => t('unnamedOf', { answers: format.count(unnamed), opens: format.count(opens) }),
    },
    { key: 'bots', title: t('bots'), numeric: true, optional: true, render: (row) => format.count(row.numbers.bots) },
    { key: 'changed', title: t('changed'), render: (row) => <span className="sub nowrap">{format.moment(row.changed_at)}</span> },
  ]
}
