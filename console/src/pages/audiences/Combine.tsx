import { Form, Input, Modal, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import './actTexts'

type AudienceOut = components['schemas']['AudienceOut']
type SetOp = components['schemas']['SetOp']

interface Fields {
  name: string
  op: SetOp
  of: string[]
  outside: string[]
  live: boolean
}

const OPS: readonly SetOp[] = ['union', 'intersect', 'minus']

/** A new audience out of others; opened from a region of an overlap, that region is filled in. */
export function Combine({
  audiences,
  initial,
  onClose,
}: {
  audiences: readonly AudienceOut[]
  initial?: Partial<Fields>
  onClose: () => void
}) {
  const { t } = useTranslation('audienceActs')
  const format = useFormat()
  const navigate = useNavigate()
  const save = useAct(
    async ({ name, op, of, outside, live }: Fields) => {
      const key = newKey(live ? 'audience' : 'list')
      await http.POST('/api/insight/audience-sets/combine', {
        body: { key, name_zh: name, name_en: '', op, of, outside, live },
      })
      return key
    },
    { done: t('combined'), stale: ['/api/insight'], then: (key) => void navigate(`/audiences/${key}`), quiet: true },
  )
  const options = audiences.map((each) => ({ value: each.key, label: format.named(each) }))
  const choose = (label: string) => (
    <Select mode="multiple" maxCount={6} options={options} optionFilterProp="label" aria-label={label} />
  )
  return (
    <Modal open title={t('combine', { ns: 'audiences' })} footer={null} onCancel={onClose}>
      <p className="sub">{t('combineText')}</p>
      <Form<Fields>
        layout="vertical"
        initialValues={{ op: 'intersect', of: [], outside: [], live: false, ...initial }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="op" label={t('how')}>
          <Radio.Group className="stack" options={OPS.map((op) => ({ value: op, label: t(`op.${op}`) }))} />
        </Form.Item>
        <Form.Item name="of" label={t('of')} rules={[{ required: true, message: t('ofNeeded') }]}>
          {choose(t('of'))}
        </Form.Item>
        <Form.Item name="outside" label={t('outside')}>
          {choose(t('outside'))}
        </Form.Item>
        <Form.Item name="live" label={t('follow')}>
          <Radio.Group
            options={[
              { value: false, label: t('followFrozen') },
              { value: true, label: t('followLive') },
            ]}
          />
        </Form.Item>
        <Form.Item name="name" label={t('name', { ns: 'audiences' })} rules={[{ required: true, whitespace: true, message: t('nameNeeded', { ns: 'audiences' }) }]}>
          <Input />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
