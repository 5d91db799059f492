import { Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { Submit } from '../../shared/Submit'
import type { ListOut } from './Lists'

/** What a list is called, in both languages, and what it is for. */
export function RenameList({ list, onClose }: { list: ListOut; onClose: () => void }) {
  const { t } = useTranslation('lists')
  const format = useFormat()
  const save = useAct(
    (body: components['schemas']['ListNames']) => http.PUT('/api/insight/lists/{key}', { params: { path: { key: list.key } }, body }),
    { done: t('renamed'), stale: ['/api/insight'], then: onClose, quiet: true },
  )
  return (
    <Modal open title={t('renameOf', { name: format.named(list) })} footer={null} onCancel={onClose}>
      <Form
        layout="vertical"
        initialValues={{ name_zh: list.name_zh, name_en: list.name_en, note: list.note }}
        onFinish={(names: components['schemas']['ListNames']) => save.mutate(names)}
      >
        <Form.Item name="name_zh" label={t('called')} rules={[{ required: true, whitespace: true, message: t('nameNeeded') }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="name_en" label={t('calledEn')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="note" label={t('note')}>
          <Input maxLength={300} />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
