import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Pick } from '../../../conditions/inputs'
import { useCatalogue } from '../../../conditions/useCatalogue'
import { useFormat } from '../../../shared/format'
import { NumberInput, TimeInput } from '../editor/inputs'
import type { FormProps } from './common'

const SIDES = ['on', 'before', 'after'] as const

/** Which date of the person, how many days before or after it, at what time, and whether it comes round. */
export function DateForm({ trigger, onChange }: FormProps) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const { data } = useCatalogue()
  const dates = (data?.attrs ?? []).filter(({ kind }) => kind === 'date' || kind === 'time')
  const days = trigger.days ?? 0
  const side = days === 0 ? 'on' : days < 0 ? 'before' : 'after'
  return (
    <>
      <Pick
        label={t('date')}
        width={160}
        value={trigger.date ?? ''}
        onChange={(date) => onChange({ ...trigger, date })}
        options={dates.map((each) => ({ key: each.key, label: format.named(each) }))}
      />
      <Select
        size="small"
        aria-label={t('dateSide')}
        value={side}
        onChange={(next: (typeof SIDES)[number]) =>
          onChange({ ...trigger, days: { on: 0, before: -(Math.abs(days) || 3), after: Math.abs(days) || 3 }[next] })
        }
        options={SIDES.map((each) => ({ value: each, label: t(`dateSides.${each}`) }))}
      />
      {side !== 'on' && (
        <NumberInput
          label={t('dateDays')}
          min={1}
          max={350}
          suffix={t('days')}
          value={Math.abs(days)}
          onValue={(n) => onChange({ ...trigger, days: side === 'before' ? -n : n })}
        />
      )}
      <TimeInput label={t('at')} value={trigger.at ?? '09:00'} onChange={(at) => onChange({ ...trigger, at })} />
      <Select
        size="small"
        aria-label={t('dateRepeats')}
        value={trigger.repeats ?? 'never'}
        onChange={(repeats) => onChange({ ...trigger, repeats })}
        options={(['never', 'yearly', 'lunar'] as const).map((each) => ({ value: each, label: t(`repeats.${each}`) }))}
      />
    </>
  )
}
