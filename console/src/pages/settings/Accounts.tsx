import { Button, Dropdown, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useAct } from '../../shared/act'
import { DataTable } from '../../shared/DataTable'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import { StaffSelect, useStaffNames } from '../../shared/staff'

type Account = components['schemas']['AccountOut']
type Change = components['schemas']['AccountChange']
type Create = components['schemas']['AccountCreate']
const ROLES = ['owner', 'manager', 'staff', 'read_only'] as const
const PATH = '/api/org/accounts'

export function Accounts() {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const session = useSession()
  const nameOf = useStaffNames()
  const accounts = api.useQuery('get', PATH)
  const [adding, setAdding] = useState(false)
  const [resetting, setResetting] = useState<Account | null>(null)
  const change = useAct(
    async ({ login, body }: { login: string; body: Change }) =>
      http.PATCH('/api/org/accounts/{login}', { params: { path: { login } }, body }),
    { done: t('accounts.changed'), stale: [PATH], then: () => setResetting(null) },
  )
  return (
    <Card
      title={t('accounts.title')}
      why={t('accounts.why')}
      acts={
        <Button type="primary" onClick={() => setAdding(true)}>
          {t('accounts.add')}
        </Button>
      }
    >
      <Loaded query={accounts}>
        {(rows) => (
          <DataTable<Account>
            rowKey={({ login }) => login}
            rows={rows}
            columns={[
              { key: 'login', title: t('accounts.login'), render: (row) => <b>{row.login}</b> },
              {
                key: 'role',
                title: t('accounts.role'),
                render: (row) => (
                  <Select
                    size="small"
                    variant="borderless"
                    aria-label={t('accounts.roleOf', { login: row.login })}
                    value={row.role}
                    disabled={row.login === session.login}
                    options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`, { ns: 'common' }) }))}
                    onChange={(role) => change.mutate({ login: row.login, body: { role } })}
                  />
                ),
              },
              { key: 'staff', title: t('accounts.staff'), render: (row) => nameOf(row.staff) },
              {
                key: 'state',
                title: t('accounts.state'),
                render: (row) => (
                  <Chip tone={row.is_active ? 'good' : 'plain'}>
                    {t(row.is_active ? 'accounts.active' : 'accounts.disabled')}
                  </Chip>
                ),
              },
              { key: 'lastLogin', title: t('accounts.lastLogin'), render: (row) => format.moment(row.last_login) },
              {
                key: 'act',
                title: '',
                render: (row) => (
                  <Dropdown
                    trigger={['click']}
                    menu={{
                      items: [
                        { key: 'password', label: t('accounts.reset'), onClick: () => setResetting(row) },
                        {
                          key: 'active',
                          label: t(row.is_active ? 'accounts.disable' : 'accounts.enable'),
                          disabled: row.login === session.login,
                          onClick: () => change.mutate({ login: row.login, body: { is_active: !row.is_active } }),
                        },
                      ],
                    }}
                  >
                    <Button size="small">{t('act.more', { ns: 'common' })}</Button>
                  </Dropdown>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {adding && <AddAccount onClose={() => setAdding(false)} />}
      {resetting && (
        <Modal
          open
          title={t('accounts.resetFor', { login: resetting.login })}
          footer={null}
          onCancel={() => setResetting(null)}
        >
          <Form<{ password: string }>
            layout="vertical"
            onFinish={({ password }) => change.mutate({ login: resetting.login, body: { password } })}
          >
            <Form.Item name="password" label={t('accounts.password')} extra={t('accounts.passwordRule')} rules={[{ required: true }]}>
              <Input.Password autoFocus autoComplete="new-password" />
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={change.isPending}>
              {t('accounts.reset')}
            </Button>
          </Form>
        </Modal>
      )}
    </Card>
  )
}

function AddAccount({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('settings')
  const create = useAct(async (body: Create) => http.POST(PATH, { body }), {
    done: t('accounts.created'),
    stale: [PATH],
    then: onClose,
    quiet: true,
  })
  return (
    <Modal open title={t('accounts.add')} footer={null} onCancel={onClose}>
      <Form<Create> layout="vertical" initialValues={{ role: 'manager' }} onFinish={(body) => create.mutate(body)}>
        <Form.Item name="login" label={t('accounts.login')} rules={[{ required: true, min: 2 }]}>
          <Input autoFocus autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t('accounts.role')} extra={t('accounts.roleWhy')}>
          <Select options={ROLES.map((role) => ({ value: role, label: t(`role.${role}`, { ns: 'common' }) }))} />
        </Form.Item>
        <Form.Item name="staff" label={t('accounts.staff')} extra={t('accounts.staffWhy')}>
          <StaffSelect allowClear />
        </Form.Item>
        <Form.Item name="password" label={t('accounts.password')} extra={t('accounts.passwordRule')} rules={[{ required: true }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Submit act={create} label={t('accounts.add')} />
      </Form>
    </Modal>
  )
}
