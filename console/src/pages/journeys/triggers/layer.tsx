import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Pick } from '../../../conditions/inputs'
import { useCatalogue } from '../../../conditions/useCatalogue'
import { useFormat } from '../../../shared/format'
import { without } from '../editor/editing'
import type { FormProps } from './common'

/** Which model, into which layers and out of which. */
export function LayerForm({ trigger, onChange }: FormProps) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const { data } = useCatalogue()
  const models = data?.layers ?? []
  const layers = models.find(({ key }) => key === trigger.layer)?.layers ?? []
  const put = (end: 'from' | 'to', keys: string[]) => {
    const others = without(trigger, end)
    onChange(keys.length > 0 ? { ...others, [end]: keys } : others)
  }
  return (
    <>
      <Pick
        label={t('layerModel')}
        width={180}
        value={trigger.layer ?? ''}
        onChange={(layer) => onChange({ layer })}
        options={models.map((each) => ({ key: each.key, label: format.named(each) }))}
      />
      {(['from', 'to'] as const).map((end) => (
        <Select
          key={end}
          mode="multiple"
          size="small"
          aria-label={t(`layer.${end}`)}
          placeholder={t(`layer.${end}`)}
          style={{ minWidth: 180 }}
          value={trigger[end] ?? []}
          onChange={(keys: string[]) => put(end, keys)}
          options={layers.map((each) => ({ value: each.key, label: format.named(each) }))}
        />
      ))}
    </>
  )
}
