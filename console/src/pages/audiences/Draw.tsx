import { Button, Form, Input, InputNumber, Modal, Segmented } from 'antd'
import { useState } from 'react'
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

interface Fields {
  name: string
  percent: number
  seed: string
  parts: { name: string; share: number }[]
}

/** Some of an audience, or all of it in parts: lists that never change. */
export function Draw({ audience, onClose }: { audience: AudienceOut; onClose: () => void }) {
  const { t } = useTranslation('audienceActs')
  const format = useFormat()
  const navigate = useNavigate()
  const [kind, setKind] = useState<'sample' | 'split'>('sample')
  const name = format.named(audience)
  const draw = useAct(
    async (fields: Fields) => {
      const path = { key: audience.key }
      if (kind === 'sample') {
        const key = newKey('list')
        const body = { key, name_zh: fields.name, name_en: '', percent: fields.percent, seed: fields.seed }
        await http.POST('/api/insight/audience-sets/{key}/sample', { params: { path }, body })
        return `/audiences/${key}`
      }
      const parts = fields.parts.map((part) => ({ key: newKey('list'), name_zh: part.name, name_en: '', share: part.share }))
      await http.POST('/api/insight/audience-sets/{key}/split', { params: { path }, body: { parts, seed: fields.seed } })
      return '/audiences'
    },
    { done: t('drawn'), stale: ['/api/insight'], then: (to) => void navigate(to), quiet: true },
  )
  return (
    <Modal open title={t('draw', { ns: 'audiences' })} footer={null} onCancel={onClose}>
      <p className="sub">{t('drawText')}</p>
      <Segmented<'sample' | 'split'>
        aria-label={t('drawKind')}
        value={kind}
        onChange={setKind}
        options={[
          { value: 'sample', label: t('drawSample') },
          { value: 'split', label: t('drawSplit') },
        ]}
      />
      <Form<Fields>
        layout="vertical"
        style={{ marginTop: 12 }}
        initialValues={{
          name: t('sampleExample', { name }),
          percent: 10,
          seed: audience.key,
          parts: [1, 2].map((n) => ({ name: t('partExample', { name, n }), share: 1 })),
        }}
        onFinish={(fields) => draw.mutate(fields)}
      >
        {kind === 'sample' ? <SampleFields /> : <PartFields name={name} />}
        <Form.Item name="seed" label={t('seed')} extra={t('seedHelp')} rules={[{ required: true }]}>
          <Input maxLength={64} />
        </Form.Item>
        <Submit act={draw} />
      </Form>
    </Modal>
  )
}

function SampleFields() {
  const { t } = useTranslation('audienceActs')
  return (
    <>
      <Form.Item name="name" label={t('name', { ns: 'audiences' })} rules={[{ required: true, whitespace: true, message: t('nameNeeded', { ns: 'audiences' }) }]}>
        <Input />
      </Form.Item>
      <Form.Item name="percent" label={t('drawPercent')} rules={[{ required: true }]}>
        <InputNumber min={0.01} max={100} />
      </Form.Item>
    </>
  )
}

function PartFields({ name }: { name: string }) {
  const { t } = useTranslation('audienceActs')
  return (
    <Form.List name="parts">
      {(parts, { add, remove }) => (
        <div className="stack">
          {parts.map((part, i) => (
            <div className="line" key={part.key}>
              <Form.Item name={[part.name, 'name']} rules={[{ required: true, whitespace: true, message: t('nameNeeded', { ns: 'audiences' }) }]}>
                <Input aria-label={t('partName', { n: i + 1 })} />
              </Form.Item>
              <Form.Item name={[part.name, 'share']} rules={[{ required: true }]}>
                <InputNumber min={1} max={10000} precision={0} aria-label={t('partShare', { n: i + 1 })} />
              </Form.Item>
              <Form.Item>
                <Button type="text" disabled={parts.length <= 2} aria-label={t('dropPart', { n: i + 1 })} onClick={() => remove(part.name)}>
                  ×
                </Button>
              </Form.Item>
            </div>
          ))}
          <Form.Item>
            <Button
              disabled={parts.length >= 20}
              onClick={() => add({ name: t('partExample', { name, n: parts.length + 1 }), share: 1 })}
            >
              {t('addPart')}
            </Button>
          </Form.Item>
        </div>
      )}
    </Form.List>
  )
}
