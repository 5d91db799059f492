import { Input, InputNumber, Select, Space, type InputNumberProps } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Pick } from '../../../conditions/inputs'
import { testsOf } from '../../../conditions/where'
import { WhereEditor } from '../../../conditions/WhereEditor'
import { useCatalogue } from '../../../conditions/useCatalogue'
import { useFormat } from '../../../shared/format'
import { END, type Definition, type EventSpec } from '../definition'
import { useNames } from '../names'
import { sayStep } from '../words'
import { spanOf, unitOf, type Unit } from './spans'

/** A line of a step's form: what is asked, and the field. */
export function Line({ label, children, why }: { label: string; children: ReactNode; why?: string }) {
  return (
    <div className="stack-8">
      <span className="sub">{label}</span>
      <div className="line">{children}</div>
      {why !== undefined && <span className="sub">{why}</span>}
    </div>
  )
}

/** "3d", "12h", "90m": a number and its unit. */
export function SpanInput({
  label,
  value,
  onChange,
  optional = false,
}: {
  label: string
  value: string | null | undefined
  onChange: (span: string | null) => void
  /** Whether there may be none. */
  optional?: boolean
}) {
  const { t } = useTranslation('journeyEditor')
  const { n, unit } = unitOf(value ?? '')
  return (
    <Space.Compact size="small">
      <InputNumber
        aria-label={label}
        min={1}
        max={9999}
        precision={0}
        value={n}
        placeholder={optional ? t('none') : undefined}
        onChange={(next) => (next !== null || optional) && onChange(next === null ? null : spanOf(next, unit))}
      />
      <Select
        aria-label={`${label} ${t('unit')}`}
        value={unit}
        onChange={(next: Unit) => n !== null && onChange(spanOf(n, next))}
        options={(['d', 'h', 'm'] as const).map((each) => ({ value: each, label: t(`units.${each}`) }))}
      />
    </Space.Compact>
  )
}

/** A number that is always one: emptied, it stays what it was. */
export function NumberInput({
  label,
  onValue,
  ...field
}: Omit<InputNumberProps<number>, 'onChange' | 'size'> & { label: string; onValue: (value: number) => void }) {
  return (
    <InputNumber<number>
      size="small"
      aria-label={label}
      precision={0}
      {...field}
      onChange={(value) => value !== null && onValue(value)}
    />
  )
}

export function TimeInput({ label, value, onChange }: { label: string; value: string; onChange: (time: string) => void }) {
  return (
    <Input
      type="time"
      size="small"
      aria-label={label}
      value={value}
      style={{ width: 110 }}
      onChange={(event) => event.target.value !== '' && onChange(event.target.value)}
    />
  )
}

/** Another step, or the end. `none` says what it means to choose nothing. */
export function TargetPick({
  label,
  definition,
  self,
  value,
  onChange,
  none,
}: {
  label: string
  definition: Definition
  self: string
  value: string | null
  onChange: (to: string | null) => void
  none?: string
}) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  const names = useNames()
  const steps = definition.steps
    .filter(({ id }) => id !== self)
    .map((step) => ({ key: step.id, label: `${sayStep(step, say, names).title} (${step.id})` }))
  const nothing = none === undefined ? [] : [{ key: '', label: none }]
  return (
    <Pick
      label={label}
      width={260}
      value={value ?? ''}
      onChange={(to) => onChange(to === '' ? null : to)}
      options={[...nothing, ...steps, { key: END, label: t('end') }]}
    />
  )
}

/** An event and tests of its properties. */
export function EventInput({
  label,
  value,
  onChange,
  none,
}: {
  label: string
  value: EventSpec | null
  onChange: (event: EventSpec | null) => void
  none?: string
}) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const names = useNames()
  const catalogue = useCatalogue()
  const events = catalogue.data?.events ?? []
  const known = events.map((each) => ({ key: each.key, label: sayEvent(names.event(each.key), each.key, format.named(each)) }))
  return (
    <>
      <Pick
        label={label}
        width={200}
        value={value?.event ?? ''}
        onChange={(event) => onChange(event === '' ? null : { event })}
        options={none === undefined ? known : [{ key: '', label: none }, ...known]}
      />
      {value && (
        <WhereEditor
          tests={testsOf(value.where)}
          props={events.find(({ key }) => key === value.event)?.props ?? []}
          onChange={(where) => onChange(where.length > 0 ? { event: value.event, where } : { event: value.event })}
          lead={t('where')}
          add={t('addWhere')}
        />
      )}
    </>
  )
}

/** As journeys read events (买), where they have a word of their own; else by the name of the tracking plan. */
function sayEvent(verb: string, key: string, name: string): string {
  return verb === key ? name : verb
}
