import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Tabs } from '../../shared/Tabs'
import { Movement } from './Movement'
import { OrderedLayers } from './OrderedLayers'
import { RfmGrid } from './RfmGrid'
import './layers.css'

export type LayerOut = components['schemas']['LayerOut']

/** Every customer in exactly one layer of each model: what the layers mean, and who moved. */
export default function Layers() {
  const { t } = useTranslation('layers')
  const models = api.useQuery('get', '/api/insight/layers')
  const format = useFormat()
  return (
    <div className="body">
      <Sentence title={t('title')} sub={t('sub')} />
      <Loaded query={models} rows={10}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('none')} text={t('noneText')} />
          ) : (
            <Tabs
              name="model"
              items={items.map((model) => ({
                key: model.key,
                label: format.named(model),
                render: () => (
                  <div className="stack">
                    {model.kind === 'rfm' ? <RfmGrid model={model} /> : <OrderedLayers model={model} />}
                    <Movement model={model} />
                  </div>
                ),
              }))}
            />
          )
        }
      </Loaded>
    </div>
  )
}
