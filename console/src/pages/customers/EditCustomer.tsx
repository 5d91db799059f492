import { Drawer, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useHouse } from '../../api/session'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { Submit } from '../../shared/Submit'
import { StaffSelect } from '../../shared/staff'
import type { Card } from './Who'

type Attribute = components['schemas']['AttributeOut']

interface Fields {
  name: string
  owner?: string
  attrs: Record<string, unknown>
}

export function EditCustomer({ customer, onClose }: { customer: Card; onClose: () => void }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const attributes = api.useQuery('get', '/api/people/attributes')
  // Sealed values are shown as hints and money in minor units: both are changed elsewhere, not by writing a hint back.
  const editable = attributes.data?.filter(({ personal, kind }) => !personal && kind !== 'money') ?? []
  const save = useAct(
    ({ name, owner, attrs }: Fields) =>
      http.PATCH('/api/people/customers/{cid}', {
        params: { path: { cid: customer.cid } },
        body: { name, owner: owner ?? '', attrs: changed(attrs, customer.attrs) },
      }),
    { done: t('saved'), stale: ['/api/people/customers'], then: onClose, quiet: true },
  )
  return (
    <Drawer open onClose={onClose} title={t('editTitle', { name: customer.name })} size={400}>
      <Form<Fields>
        layout="vertical"
        initialValues={{ name: customer.name, owner: customer.owner?.key, attrs: customer.attrs }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="name" label={t('name')}>
          <Input />
        </Form.Item>
        <Form.Item name="owner" label={t('owner')}>
          <StaffSelect allowClear />
        </Form.Item>
        {editable.map((attribute) => (
          <Form.Item key={attribute.key} name={['attrs', attribute.key]} label={format.named(attribute)}>
            <AttributeInput attribute={attribute} />
          </Form.Item>
        ))}
        <Submit act={save} />
      </Form>
    </Drawer>
  )
}

function AttributeInput({
  attribute,
  ...control
}: {
  attribute: Attribute
  id?: string
  value?: unknown
  onChange?: (value: unknown) => void
}) {
  const { t } = useTranslation('customers')
  const { currency } = useHouse()
  switch (attribute.kind) {
    case 'number':
    case 'money':
      return (
        <InputNumber
          id={control.id}
          value={control.value as number | null}
          onChange={control.onChange}
          prefix={attribute.kind === 'money' ? currency : undefined}
          style={{ width: '100%' }}
        />
      )
    case 'bool':
      return (
        <Select
          id={control.id}
          allowClear
          value={control.value as boolean | undefined}
          onChange={(next) => control.onChange?.(next ?? null)}
          options={[
            { value: true, label: t('yes') },
            { value: false, label: t('no') },
          ]}
        />
      )
    case 'choice':
      return (
        <Select
          id={control.id}
          allowClear
          value={control.value as string | undefined}
          onChange={(next: string | undefined) => control.onChange?.(next ?? null)}
          options={attribute.options.map((value) => ({ value, label: value }))}
        />
      )
    case 'date':
    case 'text':
      return (
        <Input
          id={control.id}
          type={attribute.kind === 'date' ? 'date' : 'text'}
          value={(control.value as string | undefined) ?? ''}
          onChange={(event) => control.onChange?.(event.target.value || null)}
        />
      )
  }
}

/** Only what differs is sent, so that nobody else's change is written over. */
function changed(after: Record<string, unknown>, before: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(after ?? {}).filter(([key, value]) => (value ?? null) !== (before[key] ?? null)),
  )
}
