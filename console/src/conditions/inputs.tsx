import { Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHouse } from '../api/session'
import { useFormat } from '../shared/format'
import { minorPerMajor } from '../shared/numbers'
import { shapeOf, type Kind, type Named } from './catalogue'
import type { Json } from './tree'

const CALENDAR = [
  'today',
  'yesterday',
  'this_week',
  'last_week',
  'this_month',
  'last_month',
  'this_quarter',
  'last_quarter',
  'this_year',
  'last_year',
] as const
const DAYS = [7, 14, 30, 60, 90, 180, 365]

interface Choice<Value> {
  value: Value
  onChange: (value: Value) => void
}

/** One of many by name; searchable. */
export function Pick({
  label,
  value,
  onChange,
  options,
  width,
}: Choice<string> & { label: string; options: readonly { key: string; label: string }[]; width?: number }) {
  return (
    <Select
      size="small"
      aria-label={label}
      value={value}
      onChange={onChange}
      showSearch={{ optionFilterProp: 'label' }}
      style={width === undefined ? { maxWidth: 220 } : { width }}
      options={options.map((each) => ({ value: each.key, label: each.label }))}
    />
  )
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '…'
}

/** A window of time: named, "45d" from any number typed, or all history. */
export function WindowPick({
  value,
  onChange,
  daysOnly = false,
}: Choice<Json> & { /** Only whole days and calendar windows, no hours, no "since added", not all history. */ daysOnly?: boolean }) {
  const { t } = useTranslation('conditions')
  const [typed, setTyped] = useState('')
  const say = (window: string) => {
    const count = /^(\d+)([dh])$/.exec(window)
    if (count) return t(count[2] === 'd' ? 'window.days' : 'window.hours', { n: count[1] })
    return t(`window.${window as (typeof CALENDAR)[number]}`)
  }
  const fixed = typeof value === 'object' && value !== null && !Array.isArray(value)
  const known = [
    ...DAYS.map((n) => `${n}d`),
    ...CALENDAR,
    ...(daysOnly ? [] : ['24h', 'since_added', 'all']),
  ]
  const own = /^[1-9]\d{0,3}$/.test(typed) ? `${typed}d` : null
  const now = fixed ? 'fixed' : typeof value === 'string' ? value : 'all'
  const keys = [...new Set([...(own ? [own] : []), ...(fixed ? [] : [now]), ...known])]
  const options = keys.map((key) => ({ value: key, label: say(key) }))
  if (fixed)
    options.unshift({
      value: 'fixed',
      label: t('window.dates', { from: textOf(value.from), to: textOf(value.to) }),
    })
  return (
    <Select
      size="small"
      aria-label={t('label.within')}
      value={now}
      showSearch={{ onSearch: setTyped, filterOption: (input, option) => own !== null && option?.value === own ? true : (option?.label ?? '').includes(input) }}
      placeholder={t('window.hint')}
      onChange={(next) => next !== 'fixed' && onChange(next === 'all' ? null : next)}
      options={options}
      style={{ minWidth: 110 }}
    />
  )
}

/** The value an operator compares with, in the shape it needs. */
export function ValueInput({
  kind,
  op,
  options,
  value,
  onChange,
}: Choice<Json> & { kind: Kind; op: string; options: readonly Named[] }) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  switch (shapeOf(op)) {
    case 'none':
      return null
    case 'window':
      return <WindowPick value={value} onChange={onChange} daysOnly />
    case 'days':
      return (
        <DaysSpan value={value} onChange={onChange} />
      )
    case 'many':
      return (
        <Select
          size="small"
          mode={options.length > 0 ? 'multiple' : 'tags'}
          aria-label={t('label.value')}
          value={Array.isArray(value) ? (value as string[]) : []}
          onChange={onChange}
          style={{ minWidth: 140, maxWidth: 420 }}
          options={options.map((each) => ({ value: each.key, label: format.named(each) }))}
          maxTagCount="responsive"
        />
      )
    case 'pair': {
      const [low, high] = Array.isArray(value) ? value : [null, null]
      return (
        <span className="line" style={{ gap: 4 }}>
          <One kind={kind} options={options} label={t('label.low')} value={low ?? null} onChange={(next) => onChange([next, high ?? null])} />
          –
          <One kind={kind} options={options} label={t('label.high')} value={high ?? null} onChange={(next) => onChange([low ?? null, next])} />
        </span>
      )
    }
    case 'one':
      return <One kind={kind} options={options} label={t('label.value')} value={value} onChange={onChange} />
  }
}

/** From so many days from today to so many; before today is below zero. */
function DaysSpan({ value, onChange }: Choice<Json>) {
  const { t } = useTranslation('conditions')
  const [from, to] = Array.isArray(value) ? (value as number[]) : [0, typeof value === 'number' ? value : 0]
  const end = (label: string, number: number | undefined, set: (next: number) => void) => (
    <InputNumber
      size="small"
      min={-365}
      max={365}
      value={number ?? 0}
      suffix={t('days')}
      aria-label={label}
      onChange={(next) => set(next ?? 0)}
      style={{ width: 90 }}
    />
  )
  const say = (low: number, high: number) => onChange(low === 0 && high >= 0 ? high : [low, high])
  return (
    <span className="line" style={{ gap: 4 }}>
      {end(t('label.low'), from, (next) => say(next, to ?? 0))}–{end(t('label.high'), to, (next) => say(from ?? 0, next))}
    </span>
  )
}

function One({ kind, options, label, value, onChange }: Choice<Json> & { kind: Kind; options: readonly Named[]; label: string }) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const { currency } = useHouse()
  switch (kind) {
    case 'number':
      return (
        <InputNumber
          size="small"
          aria-label={label}
          value={typeof value === 'number' ? value : null}
          onChange={(next) => onChange(next)}
          style={{ width: 90 }}
        />
      )
    case 'money':
      return (
        <InputNumber<string>
          size="small"
          stringMode
          aria-label={label}
          precision={String(minorPerMajor(currency)).length - 1}
          prefix={currency}
          value={typeof value === 'string' || typeof value === 'number' ? String(value) : null}
          onChange={(next) => onChange(next ?? '0')}
          style={{ width: 150 }}
        />
      )
    case 'bool':
      return (
        <Pick
          label={label}
          value={value === false ? 'no' : 'yes'}
          onChange={(next) => onChange(next === 'yes')}
          options={[
            { key: 'yes', label: t('yes') },
            { key: 'no', label: t('no') },
          ]}
        />
      )
    case 'date':
    case 'time':
      return (
        <Input
          size="small"
          type="date"
          aria-label={label}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
          style={{ width: 140 }}
        />
      )
    case 'text':
    case 'choice':
      return options.length > 0 ? (
        <Pick
          label={label}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
          options={options.map((each) => ({ key: each.key, label: format.named(each) }))}
        />
      ) : (
        <Input
          size="small"
          aria-label={label}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value)}
          style={{ width: 160 }}
        />
      )
  }
}
