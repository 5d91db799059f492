import { Button, Form, Popconfirm, Select, Tree } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Card } from '../../shared/Card'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { ORG, treeOf, useDepartments, withBelow, type Department } from './org'
import { OrgDrawer } from './OrgDrawer'

interface Fields {
  key: string
  name: string
  parent?: string
}

/** The organisation tree; choosing a department chooses whose staff are shown. */
export function Departments({ chosen, onChoose }: { chosen: string; onChoose: (key: string) => void }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const departments = useDepartments()
  const [form, setForm] = useState<Partial<Department> | null>(null)
  // What was folded is remembered, not what is open: a department that gets its first child shows it.
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const remove = useAct(
    async (key: string) => http.DELETE('/api/org/departments/{key}', { params: { path: { key } } }),
    { done: t('org.departments.removed'), stale: [ORG], then: () => onChoose('') },
  )
  const open = departments.data?.find(({ key }) => key === chosen)
  const add = mayWrite && (
    <Button type="primary" onClick={() => setForm({})}>
      {t('org.departments.add')}
    </Button>
  )
  return (
    <Card title={t('org.departments.title')} why={t('org.departments.why')} acts={add}>
      <Loaded query={departments}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t('org.departments.empty')} text={t('org.departments.emptyText')} />
          ) : (
            <div className="stack-8">
              <div>
                <Button type={chosen === '' ? 'default' : 'text'} size="small" onClick={() => onChoose('')}>
                  {t('org.departments.all')}
                </Button>
              </div>
              <Tree
                blockNode
                expandedKeys={rows.map(({ key }) => key).filter((key) => !closed.has(key))}
                onExpand={(_, { expanded, node }) => {
                  const next = new Set(closed)
                  if (expanded) next.delete(node.key)
                  else next.add(node.key)
                  setClosed(next)
                }}
                aria-label={t('org.departments.title')}
                selectedKeys={chosen === '' ? [] : [chosen]}
                treeData={treeOf(rows)}
                titleRender={({ department }) => (
                  <span>
                    {department.name} <span className="sub">{format.count(department.staff_count)}</span>
                  </span>
                )}
                onSelect={([key]) => onChoose(key === undefined ? '' : String(key))}
              />
              {mayWrite && open && (
                <div className="line">
                  <Button size="small" onClick={() => setForm({ parent: open.key })}>
                    {t('org.departments.addBelow')}
                  </Button>
                  <Button size="small" onClick={() => setForm(open)}>
                    {t('org.departments.edit')}
                  </Button>
                  <Popconfirm
                    title={t('org.departments.removeAsk', { name: open.name })}
                    description={t('org.departments.removeEffect')}
                    okText={t('org.departments.remove')}
                    okButtonProps={{ danger: true }}
                    onConfirm={() => remove.mutate(open.key)}
                  >
                    <Button size="small" danger>
                      {t('org.departments.remove')}
                    </Button>
                  </Popconfirm>
                </div>
              )}
            </div>
          )
        }
      </Loaded>
      {form && <DepartmentForm department={form} all={departments.data ?? []} onClose={() => setForm(null)} />}
    </Card>
  )
}

function DepartmentForm({
  department,
  all,
  onClose,
}: {
  department: Partial<Department>
  all: Department[]
  onClose: () => void
}) {
  const { t } = useTranslation('settings')
  const { key } = department
  const below = key === undefined ? new Set<string>() : withBelow(all, key)
  return (
    <OrgDrawer<Fields>
      title={key === undefined ? t('org.departments.add') : t('org.departments.editOf', { name: department.name })}
      isNew={key === undefined}
      initial={{ key, name: department.name, parent: department.parent ?? undefined }}
      keyLabel={t('org.key')}
      keyRule={t('org.departments.keyRule')}
      nameLabel={t('org.name')}
      onClose={onClose}
      save={async ({ parent, ...fields }) => {
        const body = { ...fields, parent: parent ?? null }
        if (key === undefined) await http.POST('/api/org/departments', { body })
        else await http.PATCH('/api/org/departments/{key}', { params: { path: { key } }, body })
      }}
    >
      <Form.Item name="parent" label={t('org.departments.parent')}>
        <DepartmentSelect departments={all.filter((each) => !below.has(each.key))} placeholder={t('org.departments.top')} />
      </Form.Item>
    </OrgDrawer>
  )
}

/** One department by its path, or none; a form control. */
export function DepartmentSelect({
  departments,
  placeholder,
  ...control
}: {
  departments: Department[]
  placeholder: string
  id?: string
  value?: string
  onChange?: (key: string | undefined) => void
}) {
  return (
    <Select
      {...control}
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={placeholder}
      options={departments.map(({ key, path }) => ({ value: key, label: path }))}
    />
  )
}
