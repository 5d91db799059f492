import { Input, InputNumber, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api/client'
import type { components } from '../../../api/schema'
import { Pick } from '../../../conditions/inputs'
import { useFormat } from '../../../shared/format'
import { Loaded } from '../../../shared/PageState'
import { update } from './editing'
import { Line } from './inputs'
import type { StepFormProps } from './StepForm'

type Attribute = components['schemas']['AttributeOut']
type Value = string | number | boolean

/** State an attribute of the person, or take it back. */
export function AttributeForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const attributes = api.useQuery('get', '/api/people/attributes')
  const change = step.attribute ?? { key: '' }
  const put = (next: typeof change, mark?: string) => onChange(update(definition, { ...step, attribute: next }), mark)
  const { value } = change
  return (
    <Loaded query={attributes} rows={2}>
      {(known) => {
        const attribute = known.find(({ key }) => key === change.key)
        return (
          <>
            <Line label={t('attribute')}>
              <Pick
                label={t('attribute')}
                width={240}
                value={change.key}
                onChange={(key) => put({ key })}
                options={known.map((each) => ({ key: each.key, label: format.named(each) }))}
              />
            </Line>
            {attribute && (
              <Line label={t('attributeHow')}>
                <Segmented
                  size="small"
                  value={value != null ? 'set' : 'clear'}
                  onChange={(how) => put(how === 'set' ? { key: change.key, value: beginning(attribute) } : { key: change.key })}
                  options={(['set', 'clear'] as const).map((each) => ({ value: each, label: t(`attributeHows.${each}`) }))}
                />
                {value != null && (
                  <ValueInput
                    label={t('attributeValue')}
                    attribute={attribute}
                    value={value}
                    onChange={(next) => put({ key: change.key, value: next }, `${step.id}.value`)}
                  />
                )}
              </Line>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

function beginning({ kind, options }: Attribute): Value {
  if (kind === 'bool') return true
  return kind === 'choice' ? (options[0] ?? '') : ''
}

function ValueInput({
  label,
  attribute: { kind, options },
  value,
  onChange,
}: {
  label: string
  attribute: Attribute
  value: Value
  onChange: (value: Value) => void
}) {
  const { t } = useTranslation('journeyEditor')
  if (kind === 'choice')
    return (
      <Pick
        label={label}
        width={160}
        value={String(value)}
        onChange={onChange}
        options={options.map((each) => ({ key: each, label: each }))}
      />
    )
  if (kind === 'bool')
    return (
      <Segmented
        size="small"
        aria-label={label}
        value={value === true ? 'yes' : 'no'}
        onChange={(each) => onChange(each === 'yes')}
        options={(['yes', 'no'] as const).map((each) => ({ value: each, label: t(`answers.${each}`) }))}
      />
    )
  if (kind === 'number')
    return (
      <InputNumber<number>
        size="small"
        aria-label={label}
        value={typeof value === 'number' ? value : null}
        onChange={(next) => onChange(next ?? '')}
      />
    )
  return (
    <Input
      size="small"
      style={{ width: 180 }}
      type={kind === 'date' ? 'date' : 'text'}
      aria-label={label}
      value={String(value)}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}
