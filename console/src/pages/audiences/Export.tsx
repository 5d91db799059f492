import { Button, Form, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import './actTexts'

type Columns = Record<'tag' | 'layer', string[]>

/** Take the members away as a file: which format, and what stands beside each customer. */
export function Export({ audienceKey, onClose }: { audienceKey: string; onClose: () => void }) {
  const { t } = useTranslation('audienceActs')
  const format = useFormat()
  const catalog = api.useQuery('get', '/api/insight/catalog')
  const [form, setForm] = useState<'xlsx' | 'csv'>('xlsx')
  const [columns, setColumns] = useState<Columns>({ tag: [], layer: [] })
  const query = new URLSearchParams([
    ...columns.tag.map((key) => ['tag', key]),
    ...columns.layer.map((key) => ['layer', key]),
  ])
  return (
    <Modal open title={t('exportTitle')} footer={null} onCancel={onClose}>
      <p className="sub">{t('exportText')}</p>
      <Loaded query={catalog}>
        {({ tags, layers }) => (
          <Form layout="vertical">
            <Form.Item label={t('exportFormat')}>
              <Radio.Group
                value={form}
                onChange={(event) => setForm(event.target.value as 'xlsx' | 'csv')}
                options={[
                  { value: 'xlsx', label: 'XLSX' },
                  { value: 'csv', label: 'CSV' },
                ]}
              />
            </Form.Item>
            {([['tag', tags, 50], ['layer', layers, 10]] as const).map(([name, known, most]) => (
              <Form.Item key={name} label={t(`exportColumns.${name}`)}>
                <Select
                  mode="multiple"
                  maxCount={most}
                  optionFilterProp="label"
                  aria-label={t(`exportColumns.${name}`)}
                  value={columns[name]}
                  onChange={(keys) => setColumns({ ...columns, [name]: keys })}
                  options={known.map((each) => ({ value: each.key, label: format.named(each) }))}
                />
              </Form.Item>
            ))}
            <Button type="primary" href={`/api/insight/audiences/${audienceKey}/${form}?${query}`} download>
              {t('act.export', { ns: 'common' })}
            </Button>
          </Form>
        )}
      </Loaded>
    </Modal>
  )
}
