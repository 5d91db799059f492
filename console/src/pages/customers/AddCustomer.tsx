import { Form, Input, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { Submit } from '../../shared/Submit'
import { StaffSelect } from '../../shared/staff'

interface Fields {
  name: string
  type: string
  realm: string
  value: string
  source?: string
  owner?: string
}

const TYPES = ['phone', 'member_no', 'email', 'external_userid', 'unionid'] as const

/** One customer by hand: an identity is needed, so that the next fact about them finds the same person. */
export function AddCustomer({ onClose, onAdded }: { onClose: () => void; onAdded: (cid: number) => void }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const sources = api.useQuery('get', '/api/people/sources')
  const add = useAct(
    async ({ type, value, realm, name, source, owner }: Fields) => {
      const { data } = await http.POST('/api/people/customers', {
        body: { name, owner, source: source ?? '', attrs: {}, identities: [{ type, value, realm: realm ?? '' }] },
      })
      return data?.cid ?? 0
    },
    { done: t('added'), stale: ['/api/people/customers'], then: onAdded, quiet: true },
  )
  return (
    <Modal open title={t('add')} footer={null} onCancel={onClose}>
      <Form<Fields> layout="vertical" initialValues={{ type: 'phone' }} onFinish={(fields) => add.mutate(fields)}>
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input autoFocus />
        </Form.Item>
        <Form.Item name="type" label={t('identityType')} extra={t('identityWhy')}>
          <Select options={TYPES.map((value) => ({ value, label: t(`identity.${value}`) }))} />
        </Form.Item>
        <Form.Item name="value" label={t('identityValue')} rules={[{ required: true, message: t('identityNeeded') }]}>
          <Input />
        </Form.Item>
        <Form.Item noStyle dependencies={['type']}>
          {({ getFieldValue }) =>
            ['phone', 'email'].includes(getFieldValue('type') as string) ? null : (
              <Form.Item name="realm" label={t('realm')} extra={t('realmWhy')}>
                <Input />
              </Form.Item>
            )
          }
        </Form.Item>
        <Form.Item name="source" label={t('source')}>
          <Select allowClear options={sources.data?.map((each) => ({ value: each.key, label: format.named(each) }))} />
        </Form.Item>
        <Form.Item name="owner" label={t('owner')}>
          <StaffSelect allowClear />
        </Form.Item>
        <Submit act={add} label={t('add')} />
      </Form>
    </Modal>
  )
}
