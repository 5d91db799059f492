import { Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { Submit } from '../../shared/Submit'
import { STALE } from './link'

/** What short links begin with. */
export function BaseForm({ base, onClose }: { base: components['schemas']['LinkBase']; onClose: () => void }) {
  const { t } = useTranslation('links')
  const save = useAct((body: { base: string }) => http.PUT('/api/content/link-base', { body }), {
    done: t('baseSaved'),
    stale: STALE,
    then: onClose,
    quiet: true,
  })
  return (
    <Modal open title={t('base')} footer={null} onCancel={onClose}>
      <Form layout="vertical" initialValues={{ base: base.base === base.default ? '' : base.base }} onFinish={(fields: { base: string }) => save.mutate(fields)}>
        <Form.Item name="base" label={t('base')} extra={t('baseWhy', { address: base.default })}>
          <Input maxLength={200} placeholder="https://go.example.com" />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
