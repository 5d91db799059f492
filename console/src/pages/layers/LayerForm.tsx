import { Drawer, Form, Input, InputNumber, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useAct } from '../../shared/act'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import type { LayerOut } from './Layers'
import { LayerSteps } from './LayerSteps'
import { blankSteps, settingsOf, stepsOf, type Steps } from './steps'

type Rule = 'mean' | 'median' | 'quantile' | 'fixed' | 'quintile'

interface Fields {
  name_zh: string
  name_en: string
  days: number
  rule: Rule
  q: number
  limitDays: number
  limitOrders: number
  limitAmount: string
}

/** A new layer model, or another definition of one: ordered conditions, or RFM with its thresholds. */
export function LayerForm({ model, onClose }: { model: LayerOut | null; onClose: () => void }) {
  const { t } = useTranslation('layers')
  const [kind, setKind] = useState<'ordered' | 'rfm'>(model?.kind === 'rfm' ? 'rfm' : 'ordered')
  const [steps, setSteps] = useState<Steps>(() => (model?.kind === 'ordered' ? stepsOf(model) : blankSteps()))
  const save = useAct(
    async (fields: Fields) => {
      const key = model?.key ?? newKey('layers')
      const settings = kind === 'rfm' ? rfmSettings(fields) : settingsOf(steps)
      const body = { key, kind, name_zh: fields.name_zh, name_en: fields.name_en, settings, cards: {} }
      if (model) await http.PUT('/api/insight/layers/{key}', { params: { path: { key } }, body })
      else await http.POST('/api/insight/layers', { body })
    },
    { done: t('saved'), stale: ['/api/insight'], then: onClose, quiet: true },
  )
  const isWhole = kind === 'rfm' || (steps.rest.zh !== '' && steps.layers.every(({ zh, when }) => zh !== '' && when !== null))
  return (
    <Drawer open onClose={onClose} title={t(model ? 'editTitle' : 'new')} size={820}>
      <Form<Fields> layout="vertical" initialValues={initial(model)} onFinish={(fields) => save.mutate(fields)}>
        <div className="columns-2">
          <Form.Item name="name_zh" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
            <Input placeholder={t('nameExample')} />
          </Form.Item>
          <Form.Item name="name_en" label={t('nameEn')}>
            <Input />
          </Form.Item>
        </div>
        <Form.Item label={t('kind')} extra={t(kind === 'rfm' ? 'kindRfmWhy' : 'kindOrderedWhy')}>
          <Radio.Group
            value={kind}
            disabled={model !== null}
            onChange={(event) => setKind(event.target.value as 'ordered' | 'rfm')}
            options={[
              { value: 'ordered', label: t('kindOrdered') },
              { value: 'rfm', label: t('kindRfm') },
            ]}
          />
        </Form.Item>
        {kind === 'rfm' ? <RfmFields /> : <LayerSteps steps={steps} onChange={setSteps} />}
        <Submit act={save} disabled={!isWhole} why={t('notWhole')} />
      </Form>
    </Drawer>
  )
}

function RfmFields() {
  const { t } = useTranslation('layers')
  const rule = Form.useWatch<Rule | undefined>('rule')
  return (
    <>
      <div className="columns-2">
        <Form.Item name="days" label={t('days')} rules={[{ required: true }]}>
          <InputNumber min={1} max={3650} precision={0} suffix={t('daysUnit')} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="rule" label={t('rule')}>
          <Select
            options={(['mean', 'median', 'quantile', 'fixed', 'quintile'] as const).map((value) => ({
              value,
              label: t(`rules.${value}`),
            }))}
          />
        </Form.Item>
      </div>
      {rule && <p className="sub">{t(`ruleWhy.${rule}`)}</p>}
      {rule === 'quantile' && (
        <Form.Item name="q" label={t('q')} rules={[{ required: true }]}>
          <InputNumber min={0.01} max={0.99} step={0.05} />
        </Form.Item>
      )}
      {rule === 'fixed' && (
        <div className="columns-2">
          <Form.Item name="limitDays" label={t('limitDays')} rules={[{ required: true }]}>
            <InputNumber min={0} precision={0} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="limitOrders" label={t('limitOrders')} rules={[{ required: true }]}>
            <InputNumber min={1} precision={0} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item
            name="limitAmount"
            label={t('limitAmount')}
            rules={[{ required: true, pattern: /^\d+(\.\d{1,2})?$/, message: t('amountNeeded') }]}
          >
            <Input inputMode="decimal" />
          </Form.Item>
        </div>
      )}
    </>
  )
}

function initial(model: LayerOut | null): Fields {
  const settings = (model?.kind === 'rfm' ? model.settings : {}) as { days?: number; thresholds?: Record<string, unknown> }
  const limits = settings.thresholds ?? {}
  return {
    name_zh: model?.name_zh ?? '',
    name_en: model?.name_en ?? '',
    days: settings.days ?? 365,
    rule: (limits.rule as Rule | undefined) ?? 'mean',
    q: Number(limits.q ?? 0.8),
    limitDays: Number(limits.days ?? 90),
    limitOrders: Number(limits.orders ?? 2),
    limitAmount: String((limits.amount as string | undefined) ?? '500'),
  }
}

function rfmSettings(fields: Fields) {
  const { days, rule } = fields
  const limits = {
    mean: { rule },
    median: { rule },
    quintile: { rule },
    quantile: { rule, q: fields.q },
    fixed: { rule, days: fields.limitDays, orders: fields.limitOrders, amount: fields.limitAmount },
  }
  return { days, thresholds: limits[rule] }
}
