import { Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { Submit } from '../../shared/Submit'
import { PATH, type EventRow } from './Events'

type Names = components['schemas']['EventNames'] & { key?: string }

/** Put an event into the plan by naming it, heard of already or not; or rename it. */
export function NameEvent({ event, onClose }: { event: EventRow | null; onClose: () => void }) {
  const { t } = useTranslation('events')
  const save = useAct(
    async ({ key = '', ...body }: Names) =>
      http.PUT('/api/facts/events/{key}', { params: { path: { key: event?.key ?? key.trim() } }, body }),
    { done: t('saved'), stale: [PATH], then: onClose, quiet: true },
  )
  return (
    <Modal open title={event ? t('registerOf', { key: event.key }) : t('add')} footer={null} onCancel={onClose}>
      <Form<Names>
        layout="vertical"
        initialValues={{ name_zh: event?.planned ? event.name_zh : '', name_en: event?.planned ? event.name_en : '' }}
        onFinish={(body) => save.mutate(body)}
      >
        {event === null && (
          <Form.Item name="key" label={t('key')} extra={t('keyWhy')} rules={[{ required: true }]}>
            <Input maxLength={100} autoFocus />
          </Form.Item>
        )}
        <Form.Item name="name_zh" label={t('zhName')} rules={[{ required: true }]}>
          <Input autoFocus={event !== null} />
        </Form.Item>
        <Form.Item name="name_en" label={t('enName')}>
          <Input />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
