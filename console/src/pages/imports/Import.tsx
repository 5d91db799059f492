import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import type { ImportRun } from './Imports'
import { Result } from './Result'
import { Setup } from './Setup'

const POLL_MS = 1000

/** One import: set it up, watch it, see what became of it. */
export default function Import() {
  const { t } = useTranslation('imports')
  const { id } = useParams()
  const run_id = Number(id)
  const run = api.useQuery(
    'get',
    '/api/facts/imports/{run_id}',
    { params: { path: { run_id } } },
    { refetchInterval: (query) => (query.state.data?.state === 'running' ? POLL_MS : false) },
  )
  return (
    <div className="body">
      <Link to="/imports">{t('back')}</Link>
      <Loaded query={run}>
        {(row) => {
          if (row.state === 'staged') return <Setup run={row} />
          return row.state === 'running' ? <Running run={row} /> : <Result run={row} />
        }}
      </Loaded>
    </div>
  )
}

function Running({ run }: { run: ImportRun }) {
  const { t } = useTranslation('imports')
  const format = useFormat()
  return (
    <>
      <Sentence title={t('running.title', { file: run.file_name, n: format.count(run.read) })} sub={t('running.sub')} />
      <Card>
        <div role="status" aria-live="polite">
          <Progress percent={100} status="active" showInfo={false} />
          {t('rows', { n: format.count(run.read) })}
        </div>
      </Card>
    </>
  )
}
