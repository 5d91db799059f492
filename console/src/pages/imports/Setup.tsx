import { Alert, Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { DataTable } from '../../shared/DataTable'
import { useFormat } from '../../shared/format'
import { asProblem, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Choices, Columns } from './Columns'
import { Detected } from './Detected'
import type { ImportRun } from './Imports'
import { Meanings, MoreColumns } from './Meanings'

export type Mapping = components['schemas']['FileMapping']
export type Preview = components['schemas']['PreviewOut']
export type Kind = components['schemas']['Kind']
/** How the file is read; another reading has other columns, so what was chosen for them is guessed anew. */
export type Reading = Partial<Pick<Mapping, 'encoding' | 'delimiter' | 'header' | 'sheet'>>
type KindOut = components['schemas']['KindOut']
type Check = components['schemas']['CheckOut']
const KINDS: Kind[] = ['orders', 'order_items', 'customers', 'products', 'refunds', 'events', 'costs']

/** Tell what each row and column is, try it, start it. Nothing is written before the start. */
export function Setup({ run }: { run: ImportRun }) {
  const { t } = useTranslation('imports')
  const [kind, setKind] = useState<Kind>('orders')
  const [reading, setReading] = useState<Reading>({})
  const [mapping, setMapping] = useState<Mapping | null>(null)
  const path = { run_id: run.id }
  const kinds = api.useQuery('get', '/api/facts/imports/kinds')
  // Asked without columns, the server guesses what each of them is.
  const preview = api.useQuery('post', '/api/facts/imports/{run_id}/preview', {
    params: { path },
    body: { kind, mapping: reading as Mapping },
  })
  const current = mapping ?? (preview.data ? { ...preview.data.mapping, ...reading } : null)
  return (
    <>
      <Sentence title={t('setup.title', { file: run.file_name })} sub={t('setup.sub')} />
      <Card title={t('setup.kind')}>
        <Select<Kind>
          aria-label={t('setup.kind')}
          value={kind}
          style={{ width: 280 }}
          options={KINDS.map((each) => ({ value: each, label: t(`kind.${each}`) }))}
          onChange={(next) => {
            setKind(next)
            setMapping(null)
          }}
        />
      </Card>
      <Loaded query={preview}>
        {(shape) =>
          current === null ? null : (
            <>
              <Detected
                shape={shape}
                mapping={current}
                onChange={setMapping}
                onRead={(part) => {
                  setReading({ ...reading, ...part })
                  setMapping(null)
                }}
              />
              <Loaded query={kinds}>
                {(known) => (
                  <Sorted kind={kind} known={known} shape={shape} mapping={current} run={run} onChange={setMapping} />
                )}
              </Loaded>
            </>
          )
        }
      </Loaded>
    </>
  )
}

function Sorted({
  kind,
  known,
  shape,
  mapping,
  run,
  onChange,
}: {
  kind: Kind
  known: KindOut[]
  shape: Preview
  mapping: Mapping
  run: ImportRun
  onChange: (mapping: Mapping) => void
}) {
  const { t } = useTranslation('imports')
  const format = useFormat()
  const fields = known.find((each) => each.kind === kind)
  const asked = { params: { path: { run_id: run.id } }, body: { kind, mapping } }
  const check = useAct(async () => (await http.POST('/api/facts/imports/{run_id}/check', asked)).data, { quiet: true })
  const start = useAct(async () => http.POST('/api/facts/imports/{run_id}/start', asked), {
    stale: ['/api/facts/imports'],
    quiet: true,
  })
  const change = (next: Mapping) => {
    check.reset()
    start.reset()
    onChange(next)
  }
  if (!fields) return null
  const refused = check.error ?? start.error
  return (
    <>
      <Columns fields={fields} shape={shape} mapping={mapping} onChange={change} />
      {kind === 'customers' && <MoreColumns what="attributes" shape={shape} mapping={mapping} onChange={change} />}
      {kind === 'events' && <MoreColumns what="properties" shape={shape} mapping={mapping} onChange={change} />}
      <Meanings shape={shape} mapping={mapping} onChange={change} />
      <Choices kind={kind} mapping={mapping} onChange={change} />
      {refused && <Alert type="error" showIcon title={t('setup.wrong')} description={asProblem(refused).message} />}
      {check.data && <Checked check={check.data} />}
      <div className="card-acts" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={() => check.mutate()} loading={check.isPending}>
          {check.isPending ? t('setup.checking') : t('setup.check')}
        </Button>
        <Button type="primary" onClick={() => start.mutate()} loading={start.isPending} disabled={!check.data}>
          {t('setup.start')}
          {check.data ? ` · ${t('rows', { n: format.count(check.data.would_load) })}` : ''}
        </Button>
      </div>
    </>
  )
}

function Checked({ check }: { check: Check }) {
  const { t } = useTranslation('imports')
  const format = useFormat()
  const n = {
    read: format.count(check.read),
    loaded: format.count(check.would_load),
    duplicate: format.count(check.duplicate),
    rejected: format.count(check.rejected),
  }
  return (
    <Card title={t('setup.checked', n)} why={check.complete ? undefined : t('setup.partly')}>
      {check.rejects.length > 0 && (
        <>
          <p className="sub">{t('reject.title', { n: check.rejects.length })}</p>
          <DataTable
            rowKey={(row) => `${row.line}-${row.column}`}
            rows={check.rejects}
            columns={[
              { key: 'line', title: t('reject.line'), numeric: true, width: 80, render: (row) => row.line },
              { key: 'column', title: t('reject.column'), render: (row) => row.column },
              {
                key: 'reason',
                title: t('reject.reason'),
                render: (row) => (format.language === 'en' ? row.reason_en : row.reason_zh),
              },
              { key: 'value', title: t('reject.value'), render: (row) => row.value },
            ]}
          />
        </>
      )}
    </Card>
  )
}
