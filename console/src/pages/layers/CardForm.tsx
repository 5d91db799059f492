import { Drawer, Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { Submit } from '../../shared/Submit'
import { StaffSelect } from '../../shared/staff'
import type { LayerOut } from './Layers'

interface Fields {
  goal: string
  sops: string[]
  owner?: string
  review: string
  note: string
}

/** How one layer is treated: goal, SOPs at work, who answers for it, when it is looked at again. */
export function CardForm({ model, layer, onClose }: { model: LayerOut; layer: string; onClose: () => void }) {
  const { t } = useTranslation('layers')
  const format = useFormat()
  const journeys = api.useQuery('get', '/api/journeys')
  const card = model.cards[layer]
  const named = model.layers.find(({ key }) => key === layer)
  const save = useAct(
    ({ owner, review, ...fields }: Fields) =>
      http.PUT('/api/insight/layers/{key}/cards/{layer}', {
        params: { path: { key: model.key, layer } },
        body: { ...fields, owner: owner ?? '', review: review === '' ? null : review },
      }),
    { done: t('cardSaved'), stale: ['/api/insight/layers'], then: onClose, quiet: true },
  )
  return (
    <Drawer open onClose={onClose} title={t('cardOf', { layer: named ? format.named(named) : layer })} size={480}>
      <Form<Fields>
        layout="vertical"
        initialValues={{
          goal: card?.goal ?? '',
          sops: card?.sops ?? [],
          owner: card?.owner === '' ? undefined : card?.owner,
          review: card?.review ?? '',
          note: card?.note ?? '',
        }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="goal" label={t('goal')} extra={t('goalWhy')}>
          <Input maxLength={300} />
        </Form.Item>
        <Form.Item name="sops" label={t('sops')}>
          <Select
            mode="multiple"
            loading={journeys.isPending}
            optionFilterProp="label"
            options={(journeys.data?.items ?? []).map(({ key, name, name_en: en }) => ({
              value: key,
              label: format.named({ name_zh: name, name_en: en }),
            }))}
          />
        </Form.Item>
        <div className="columns-2">
          <Form.Item name="owner" label={t('owner')}>
            <StaffSelect allowClear />
          </Form.Item>
          <Form.Item name="review" label={t('review')} extra={t('reviewWhy')}>
            <Input type="date" />
          </Form.Item>
        </div>
        <Form.Item name="note" label={t('note')}>
          <Input.TextArea rows={3} maxLength={1000} />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Drawer>
  )
}
