import { Alert, Button, Form, Input, Modal, Popconfirm, Typography } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useAct } from '../../shared/act'
import { DataTable } from '../../shared/DataTable'
import { useFormat } from '../../shared/format'
import { asProblem, Empty, Loaded } from '../../shared/PageState'

type WriteKey = components['schemas']['WriteKeyOut']
type Issued = components['schemas']['WriteKeyIssued']
type Wanted = components['schemas']['WriteKeyIn']
const PATH = '/api/facts/write-keys'

/** Which programs may send facts to this house, and as whom. */
export function WriteKeys() {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const keys = api.useQuery('get', PATH)
  const [adding, setAdding] = useState(false)
  const [issued, setIssued] = useState<Issued | null>(null)
  const revoke = useAct(
    async (key: string) => http.DELETE('/api/facts/write-keys/{key}', { params: { path: { key } } }),
    { done: t('keys.revoked'), stale: [PATH] },
  )
  return (
    <Card
      title={t('keys.title')}
      why={t('keys.why')}
      acts={
        <Button type="primary" onClick={() => setAdding(true)}>
          {t('keys.add')}
        </Button>
      }
    >
      <Loaded query={keys}>
        {(rows) => (
          <DataTable<WriteKey>
            rowKey={({ key }) => key}
            rows={rows}
            empty={<Empty title={t('keys.none')} text={t('keys.noneText')} />}
            columns={[
              { key: 'name', title: t('keys.name'), render: (row) => <b>{row.name}</b> },
              { key: 'key', title: t('keys.key'), render: (row) => <code>{row.key}</code> },
              { key: 'realm', title: t('keys.realm'), render: (row) => <code>{row.realm}</code> },
              { key: 'secret', title: t('keys.secret'), render: (row) => <code>{row.hint}</code> },
              {
                key: 'state',
                title: t('keys.state'),
                render: (row) => (
                  <Chip tone={row.revoked_at === null ? 'good' : 'plain'}>
                    {row.revoked_at === null ? t('keys.inUse') : t('keys.revokedAt', { at: format.moment(row.revoked_at) })}
                  </Chip>
                ),
              },
              {
                key: 'created',
                title: t('keys.created'),
                render: (row) => <span className="nowrap">{`${format.moment(row.created_at)} · ${row.created_by}`}</span>,
              },
              {
                key: 'act',
                title: '',
                render: (row) =>
                  row.revoked_at === null && (
                    <Popconfirm
                      title={t('keys.revokeAsk', { name: row.name })}
                      description={t('keys.revokeEffect')}
                      okText={t('keys.revoke')}
                      okButtonProps={{ danger: true }}
                      onConfirm={() => revoke.mutate(row.key)}
                    >
                      <Button size="small" danger>
                        {t('keys.revoke')}
                      </Button>
                    </Popconfirm>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {adding && (
        <AddKey
          onClose={() => setAdding(false)}
          onIssued={(key) => {
            setAdding(false)
            setIssued(key)
          }}
        />
      )}
      {issued && <Secret issued={issued} onClose={() => setIssued(null)} />}
    </Card>
  )
}

function AddKey({ onClose, onIssued }: { onClose: () => void; onIssued: (issued: Issued) => void }) {
  const { t } = useTranslation('settings')
  const create = useAct(async (body: Wanted) => http.POST(PATH, { body }), {
    stale: [PATH],
    then: ({ data }) => data && onIssued(data),
    quiet: true,
  })
  return (
    <Modal open title={t('keys.add')} footer={null} onCancel={onClose}>
      <Form<Wanted> layout="vertical" initialValues={{ name: '', realm: '' }} onFinish={(body) => create.mutate(body)}>
        <Form.Item name="name" label={t('keys.name')} extra={t('keys.nameWhy')} rules={[{ required: true }]}>
          <Input autoFocus maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="key" label={t('keys.key')} extra={t('keys.keyRule')} rules={[{ required: true }]}>
          <Input maxLength={40} autoComplete="off" />
        </Form.Item>
        <Form.Item name="realm" label={t('keys.realm')} extra={t('keys.realmWhy')}>
          <Input maxLength={64} autoComplete="off" />
        </Form.Item>
        {create.error && (
          <p className="bad" role="alert">
            {asProblem(create.error).message}
          </p>
        )}
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {t('keys.add')}
        </Button>
      </Form>
    </Modal>
  )
}

/** The secret, shown this once: the server keeps only a hash of it. */
function Secret({ issued, onClose }: { issued: Issued; onClose: () => void }) {
  const { t } = useTranslation('settings')
  return (
    <Modal
      open
      title={t('keys.ready', { name: issued.name })}
      mask={{ closable: false }}
      onCancel={onClose}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('keys.kept')}
        </Button>
      }
    >
      <div className="stack">
        <Alert type="warning" showIcon title={t('keys.once')} />
        <div>
          <div className="sub">{t('keys.secret')}</div>
          <Typography.Text code copyable={{ text: issued.secret }} style={{ overflowWrap: 'anywhere' }}>
            {issued.secret}
          </Typography.Text>
        </div>
        <div>
          <div className="sub">{t('keys.try')}</div>
          <pre className="message-preview small">{trial(issued.secret)}</pre>
        </div>
      </div>
    </Modal>
  )
}

/** A first event to try the key with. */
function trial(secret: string): string {
  const event = JSON.stringify({ userId: 'u1', event: 'wishlist_added', properties: { product: 'SKU-1' } })
  return `curl -u ${secret}: -H 'Content-Type: application/json' \\\n  -d '${event}' \\\n  ${window.location.origin}/v1/track`
}
