import { InboxOutlined } from '@ant-design/icons'
import { Upload } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip, type Tone } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import { QueryTable } from '../../shared/QueryTable'
import { Sentence } from '../../shared/Sentence'
import { usePaging } from '../../shared/usePaging'

export type ImportRun = components['schemas']['ImportOut']
const PATH = '/api/facts/imports'
const TONES: Record<string, Tone> = { staged: 'info', running: 'warn', finished: 'good', failed: 'bad' }

/** Upload a file, and what became of earlier ones. */
export default function Imports() {
  const { t } = useTranslation('imports')
  const format = useFormat()
  const { query, paging } = usePaging({})
  const runs = api.useQuery('get', PATH, { params: { query } })
  return (
    <div className="body">
      <Sentence title={t('title')} sub={t('sub')} />
      <UploadFile />
      <Card title={t('list')} why={t('listWhy')}>
        <QueryTable
          name="imports"
          query={runs}
          rowKey={(row) => row.id}
          paging={paging}
          empty={<Empty title={t('none')} text={t('noneText')} />}
          columns={[
            { key: 'file', title: t('file'), render: (row) => <Link to={`/imports/${row.id}`}>{row.file_name}</Link> },
            { key: 'kind', title: t('kindTitle'), render: (row) => (row.kind ? t(`kind.${row.kind}`, { defaultValue: row.kind }) : '—') },
            {
              key: 'state',
              title: t('stateTitle'),
              render: (row) => <Chip tone={TONES[row.state]}>{t(`state.${row.state}`, { defaultValue: row.state })}</Chip>,
            },
            ...(['read', 'loaded', 'duplicate', 'rejected'] as const).map((key) => ({
              key,
              title: t(key),
              numeric: true,
              render: (row: ImportRun) => (row.state === 'staged' ? '—' : t('rows', { n: format.count(row[key]) })),
            })),
            { key: 'by', title: t('by'), render: (row) => row.created_by },
            { key: 'at', title: t('at'), render: (row) => <span className="nowrap">{format.moment(row.created_at)}</span> },
          ]}
        />
      </Card>
    </div>
  )
}

function UploadFile() {
  const { t } = useTranslation('imports')
  const navigate = useNavigate()
  const upload = useAct(
    async (file: File) =>
      http.POST(PATH, {
        // The contract calls a file a string; what travels is the form built below.
        body: { file: '' },
        bodySerializer: () => {
          const form = new FormData()
          form.append('file', file)
          return form
        },
      }),
    { stale: [PATH], then: ({ data }) => data && void navigate(`/imports/${data.id}`) },
  )
  return (
    <Upload.Dragger
      showUploadList={false}
      disabled={upload.isPending}
      accept=".csv,.tsv,.txt,.xlsx,.gz,.jsonl,.ndjson,.json,.parquet"
      beforeUpload={(file) => {
        upload.mutate(file)
        return false
      }}
    >
      <p className="ant-upload-drag-icon">
        <InboxOutlined />
      </p>
      <p>{upload.isPending ? t('uploading') : t('drop')}</p>
      <p className="sub">{t('dropHint')}</p>
    </Upload.Dragger>
  )
}
