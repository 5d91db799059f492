import { Button, Form, Input, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import type { Faq } from './Faqs'
import { STALE } from './script'

type Fields = Omit<components['schemas']['FaqSpec'], 'key'>

/** A question, its answers with the best first, and other words customers ask it by. */
export function FaqForm({ faq, onClose }: { faq: Faq | null; onClose: () => void }) {
  const { t } = useTranslation('scripts')
  const save = useAct(
    (fields: Fields) => {
      const key = faq?.key ?? newKey('faq')
      return http.PUT('/api/content/faqs/{key}', { params: { path: { key } }, body: { key, ...fields } })
    },
    { done: t('faqSaved'), stale: STALE, then: onClose, quiet: true },
  )
  return (
    <Modal open title={t(faq ? 'faqEdit' : 'faqNew')} footer={null} onCancel={onClose}>
      <Form<Fields>
        layout="vertical"
        initialValues={{ question: faq?.question ?? '', answers: faq?.answers ?? [''], keywords: faq?.keywords ?? [] }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="question" label={t('question')} rules={[{ required: true, message: t('questionNeeded') }]}>
          <Input maxLength={300} placeholder={t('questionExample')} />
        </Form.Item>
        <Form.List name="answers">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <Form.Item key={key} label={t('answerNth', { n: name + 1 })}>
                  <div className="line" style={{ flexWrap: 'nowrap', alignItems: 'start' }}>
                    <Form.Item name={name} noStyle rules={[{ required: true, whitespace: true, message: t('answerNeeded') }]}>
                      <Input.TextArea aria-label={t('answerNth', { n: name + 1 })} maxLength={2000} autoSize={{ minRows: 2 }} />
                    </Form.Item>
                    {fields.length > 1 && (
                      <Button type="text" onClick={() => remove(name)}>
                        {t('remove')}
                      </Button>
                    )}
                  </div>
                </Form.Item>
              ))}
              <Button onClick={() => add('')}>{t('answerMore')}</Button>
            </>
          )}
        </Form.List>
        <Form.Item name="keywords" label={t('keywords')} extra={t('keywordsWhy')} style={{ marginTop: 16 }}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
