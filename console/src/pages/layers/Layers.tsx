import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite, useSeesAll } from '../../api/session'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Tabs } from '../../shared/Tabs'
import { Movement } from './Movement'
import { LayerTable } from './LayerTable'
import { RfmGrid } from './RfmGrid'
import { Trend } from './Trend'
import './layers.css'

export type LayerOut = components['schemas']['LayerOut']

const LayerForm = later(async () => (await import('./LayerForm')).LayerForm)
const CardForm = later(async () => (await import('./CardForm')).CardForm)

/** Every customer in exactly one layer of each model: what the layers mean, how each is treated, and who moved. */
export default function Layers() {
  const { t } = useTranslation('layers')
  const models = api.useQuery('get', '/api/insight/layers')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const seesAll = useSeesAll()
  const [form, setForm] = useState<'new' | LayerOut | null>(null)
  const [card, setCard] = useState<{ model: LayerOut; layer: string } | null>(null)
  const add = mayWrite && (
    <Button type="primary" onClick={() => setForm('new')}>
      {t('new')}
    </Button>
  )
  return (
    <div className="body">
      <Sentence title={t('title')} sub={t('sub')} acts={add} />
      <Loaded query={models} rows={10}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('none')} text={t('noneText')} act={add} />
          ) : (
            <Tabs
              name="model"
              items={items.map((model) => ({
                key: model.key,
                label: format.named(model),
                render: () => (
                  <div className="stack">
                    {mayWrite && <Acts model={model} onEdit={() => setForm(model)} />}
                    {isGrid(model) && <RfmGrid model={model} />}
                    <LayerTable model={model} onCard={mayWrite ? (layer) => setCard({ model, layer }) : undefined} />
                    <Movement model={model} />
                    {seesAll && <Trend model={model} />}
                  </div>
                ),
              }))}
            />
          )
        }
      </Loaded>
      {form && <LayerForm model={form === 'new' ? null : form} onClose={() => setForm(null)} />}
      {card && <CardForm {...card} onClose={() => setCard(null)} />}
    </div>
  )
}

/** Whether the layers are the eight cells of high and low; by quintiles they are a list. */
function isGrid({ kind, thresholds }: LayerOut): boolean {
  return kind === 'rfm' && !thresholds?.cuts
}

function Acts({ model, onEdit }: { model: LayerOut; onEdit: () => void }) {
  const { t } = useTranslation('layers')
  const remove = useAct(() => http.DELETE('/api/insight/layers/{key}', { params: { path: { key: model.key } } }), {
    done: t('removed'),
    stale: ['/api/insight'],
  })
  return (
    <div className="line" style={{ justifyContent: 'flex-end' }}>
      {model.used_by.length > 0 && <span className="sub">{t('usedBy', { n: model.used_by.length })}</span>}
      <Button onClick={onEdit}>{t('edit')}</Button>
      <Popconfirm title={t('removeAsk')} onConfirm={() => remove.mutate(undefined)}>
        <Button danger>{t('remove')}</Button>
      </Popconfirm>
    </div>
  )
}
