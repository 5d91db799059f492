import { Input, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { Pick } from '../../../conditions/inputs'
import { useCatalogue } from '../../../conditions/useCatalogue'
import { useFormat } from '../../../shared/format'
import { without } from '../editor/editing'
import type { FormProps } from './common'

/** Which tag, given or taken away, and with which value. */
export function TagForm({ trigger, onChange }: FormProps) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const { data } = useCatalogue()
  const tags = data?.tags ?? []
  const tag = tags.find(({ key }) => key === trigger.tag)
  const put = (value: string) => onChange(value === '' ? without(trigger, 'value') : { ...trigger, value })
  return (
    <>
      <Pick
        label={t('tag')}
        width={200}
        value={trigger.tag ?? ''}
        onChange={(key) => onChange({ ...without(trigger, 'value'), tag: key })}
        options={tags.map((each) => ({ key: each.key, label: format.named(each) }))}
      />
      <Segmented
        size="small"
        value={trigger.change ?? 'added'}
        onChange={(change) => onChange({ ...trigger, change })}
        options={(['added', 'removed'] as const).map((each) => ({ value: each, label: t(`tagChange.${each}`) }))}
      />
      {tag !== undefined && tag.kind !== null && tag.options.length > 0 && (
        <Pick
          label={t('tagValue')}
          width={140}
          value={trigger.value ?? ''}
          onChange={put}
          options={[
            { key: '', label: t('tagAnyValue') },
            ...tag.options.map((each) => ({ key: each.key, label: format.named(each) })),
          ]}
        />
      )}
      {tag !== undefined && tag.kind !== null && tag.options.length === 0 && (
        <Input
          size="small"
          aria-label={t('tagValue')}
          placeholder={t('tagAnyValue')}
          style={{ width: 140 }}
          value={trigger.value ?? ''}
          onChange={(event) => put(event.target.value)}
        />
      )}
    </>
  )
}
