import { Drawer, Form, Input } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../shared/act'
import { Submit } from '../../shared/Submit'
import { ORG } from './org'

/** Create or change one thing of the organisation: its key, once; its name; and what else it has. */
export function OrgDrawer<Fields extends { key: string; name: string }>({
  title,
  initial,
  isNew,
  keyLabel,
  keyRule,
  nameLabel,
  save,
  onClose,
  children,
}: {
  title: string
  initial: Partial<Fields>
  isNew: boolean
  keyLabel: string
  keyRule: string
  nameLabel: string
  save: (fields: Fields) => Promise<unknown>
  onClose: () => void
  children?: ReactNode
}) {
  const { t } = useTranslation('settings')
  const act = useAct(save, { done: t('org.saved'), stale: [ORG], then: onClose, quiet: true })
  return (
    <Drawer open onClose={onClose} title={title} size={400}>
      <Form<Fields> layout="vertical" initialValues={initial} onFinish={(fields) => act.mutate(fields)}>
        <Form.Item name="name" label={nameLabel} rules={[{ required: true }]}>
          <Input autoFocus maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="key" label={keyLabel} extra={keyRule} rules={[{ required: true }]}>
          <Input disabled={!isNew} maxLength={64} autoComplete="off" />
        </Form.Item>
        {children}
        <Submit act={act} label={t('org.save')} />
      </Form>
    </Drawer>
  )
}
