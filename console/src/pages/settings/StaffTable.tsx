import { Button, Form, Input, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useAct } from '../../shared/act'
import { Empty } from '../../shared/PageState'
import { QueryTable } from '../../shared/QueryTable'
import type { usePaging } from '../../shared/usePaging'
import { DepartmentSelect } from './Departments'
import { ORG, useDepartments, useStores, type Staff, type StaffFilters } from './org'
import { OrgDrawer } from './OrgDrawer'

interface Fields {
  key: string
  name: string
  department?: string
  store?: string
}

/** Who works here: found by name, place and state; created, changed, deactivated. */
export function StaffTable({ filters, query, paging, setFilters }: ReturnType<typeof usePaging<StaffFilters>>) {
  const { t } = useTranslation('settings')
  const mayWrite = useMayWrite()
  const stores = useStores()
  const { search, department, store, active } = filters
  const staff = api.useQuery('get', '/api/org/staff', {
    params: { query: { ...query, search, department, store, active: active === '' ? undefined : active === 'true' } },
  })
  const [form, setForm] = useState<Partial<Staff> | null>(null)
  const filtered = [search, department, store, active].some((each) => each !== '')
  return (
    <Card
      title={t('org.staff.title')}
      why={t('org.staff.why')}
      acts={
        mayWrite && (
          <Button type="primary" onClick={() => setForm({ department_key: department || null })}>
            {t('org.staff.add')}
          </Button>
        )
      }
    >
      <QueryTable
        name="staff"
        query={staff}
        rowKey={(row) => row.key}
        paging={paging}
        empty={
          filtered ? (
            <Empty title={t('org.staff.noneFound')} text={t('org.staff.noneFoundText')} />
          ) : (
            <Empty title={t('org.staff.empty')} text={t('org.staff.emptyText')} />
          )
        }
        bar={
          <>
            <Input.Search
              allowClear
              placeholder={t('org.staff.search')}
              defaultValue={search}
              onSearch={(text) => setFilters({ search: text })}
              style={{ width: 180 }}
            />
            <Select
              aria-label={t('org.staff.store')}
              value={store}
              style={{ width: 140 }}
              options={[
                { value: '', label: t('org.staff.anyStore') },
                ...(stores.data ?? []).map(({ key, name }) => ({ value: key, label: name })),
              ]}
              onChange={(key) => setFilters({ store: key })}
            />
            <Select
              aria-label={t('org.staff.state')}
              value={active}
              style={{ width: 140 }}
              options={[
                { value: '', label: t('org.staff.anyState') },
                { value: 'true', label: t('org.staff.active') },
                { value: 'false', label: t('org.staff.inactive') },
              ]}
              onChange={(state) => setFilters({ active: state })}
            />
          </>
        }
        columns={[
          { key: 'name', title: t('org.staff.name'), render: (row) => <b>{row.name}</b> },
          { key: 'key', title: t('org.staff.key'), render: (row) => <code>{row.key}</code> },
          { key: 'department', title: t('org.staff.department'), render: (row) => row.department ?? t('org.none') },
          { key: 'store', title: t('org.staff.store'), render: (row) => row.store ?? t('org.none') },
          {
            key: 'state',
            title: t('org.staff.state'),
            render: (row) => (
              <Chip tone={row.active ? 'good' : 'plain'}>{t(row.active ? 'org.staff.active' : 'org.staff.inactive')}</Chip>
            ),
          },
          ...(mayWrite
            ? [
                {
                  key: 'acts',
                  title: t('org.staff.acts'),
                  render: (row: Staff) => <Acts row={row} onEdit={() => setForm(row)} />,
                },
              ]
            : []),
        ]}
      />
      {form && <StaffForm member={form} onClose={() => setForm(null)} />}
    </Card>
  )
}

function Acts({ row, onEdit }: { row: Staff; onEdit: () => void }) {
  const { t } = useTranslation('settings')
  const params = { path: { key: row.key } }
  const { name } = row
  const deactivate = useAct(async () => http.POST('/api/org/staff/{key}/deactivate', { params }), {
    done: t('org.staff.deactivated'),
    stale: [ORG],
  })
  const reactivate = useAct(async () => http.POST('/api/org/staff/{key}/reactivate', { params }), {
    done: t('org.staff.reactivated'),
    stale: [ORG],
  })
  return (
    <span className="line">
      <Button size="small" aria-label={t('org.staff.editNamed', { name })} onClick={onEdit}>
        {t('org.staff.edit')}
      </Button>
      {row.active ? (
        <Popconfirm
          title={t('org.staff.deactivateAsk', { name })}
          description={t('org.staff.deactivateEffect')}
          okText={t('org.staff.deactivate')}
          okButtonProps={{ danger: true }}
          onConfirm={() => deactivate.mutate(undefined)}
        >
          <Button size="small" danger aria-label={t('org.staff.deactivateNamed', { name })}>
            {t('org.staff.deactivate')}
          </Button>
        </Popconfirm>
      ) : (
        <Button
          size="small"
          aria-label={t('org.staff.reactivateNamed', { name })}
          loading={reactivate.isPending}
          onClick={() => reactivate.mutate(undefined)}
        >
          {t('org.staff.reactivate')}
        </Button>
      )}
    </span>
  )
}

function StaffForm({ member, onClose }: { member: Partial<Staff>; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const departments = useDepartments()
  const stores = useStores()
  const { key } = member
  return (
    <OrgDrawer<Fields>
      title={key === undefined ? t('org.staff.add') : t('org.staff.editOf', { name: member.name })}
      isNew={key === undefined}
      initial={{
        key,
        name: member.name,
        department: member.department_key ?? undefined,
        store: member.store_key ?? undefined,
      }}
      keyLabel={t('org.staff.key')}
      keyRule={t('org.staff.keyRule')}
      nameLabel={t('org.staff.name')}
      onClose={onClose}
      save={async ({ department, store, ...fields }) => {
        const body = { ...fields, department: department ?? null, store: store ?? null }
        if (key === undefined) await http.POST('/api/org/staff', { body })
        else await http.PATCH('/api/org/staff/{key}', { params: { path: { key } }, body })
      }}
    >
      <Form.Item name="department" label={t('org.staff.department')}>
        <DepartmentSelect departments={departments.data ?? []} placeholder={t('org.staff.noDepartment')} />
      </Form.Item>
      <Form.Item name="store" label={t('org.staff.store')}>
        <Select
          allowClear
          placeholder={t('org.staff.noStore')}
          options={(stores.data ?? []).map((each) => ({ value: each.key, label: each.name }))}
        />
      </Form.Item>
    </OrgDrawer>
  )
}
