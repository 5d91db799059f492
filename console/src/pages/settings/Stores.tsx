import { Button, Form, Input, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { useStores, type Store } from './org'
import { OrgDrawer } from './OrgDrawer'

interface Fields {
  key: string
  name: string
  city?: string
}

export function Stores() {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const stores = useStores()
  const [form, setForm] = useState<Partial<Store> | null>(null)
  return (
    <Card
      title={t('org.stores.title')}
      why={t('org.stores.why')}
      acts={
        mayWrite && (
          <Button type="primary" onClick={() => setForm({})}>
            {t('org.stores.add')}
          </Button>
        )
      }
    >
      <Loaded query={stores}>
        {(rows) => (
          <Table<Store>
            size="small"
            rowKey="key"
            dataSource={rows}
            pagination={false}
            scroll={{ x: 'max-content' }}
            locale={{ emptyText: <Empty title={t('org.stores.empty')} text={t('org.stores.emptyText')} /> }}
            columns={[
              { title: t('org.stores.name'), render: (_, row) => <b>{row.name}</b> },
              { title: t('org.key'), render: (_, row) => <code>{row.key}</code> },
              { title: t('org.stores.city'), render: (_, row) => row.city || t('org.none') },
              { title: t('org.stores.staff'), align: 'right', render: (_, row) => format.count(row.staff_count) },
              {
                render: (_, row) =>
                  mayWrite && (
                    <Button size="small" aria-label={t('org.stores.editNamed', { name: row.name })} onClick={() => setForm(row)}>
                      {t('act.edit', { ns: 'common' })}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {form && <StoreForm store={form} onClose={() => setForm(null)} />}
    </Card>
  )
}

function StoreForm({ store, onClose }: { store: Partial<Store>; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const { key } = store
  return (
    <OrgDrawer<Fields>
      title={key === undefined ? t('org.stores.add') : t('org.stores.editOf', { name: store.name })}
      isNew={key === undefined}
      initial={{ key, name: store.name, city: store.city }}
      keyLabel={t('org.key')}
      keyRule={t('org.stores.keyRule')}
      nameLabel={t('org.stores.name')}
      onClose={onClose}
      save={async ({ city = '', ...fields }) => {
        const body = { ...fields, city }
        if (key === undefined) await http.POST('/api/org/stores', { body })
        else await http.PATCH('/api/org/stores/{key}', { params: { path: { key } }, body })
      }}
    >
      <Form.Item name="city" label={t('org.stores.city')}>
        <Input maxLength={50} autoComplete="off" />
      </Form.Item>
    </OrgDrawer>
  )
}
