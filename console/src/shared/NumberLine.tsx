import { InputNumber, type InputNumberProps } from 'antd'

type Props = Omit<InputNumberProps<number>, 'value' | 'onChange'> & {
  label: string
  /** What the number counts, where it stands behind the field. */
  unit?: string
  value: number | null
  onValue: (value: number | null) => void
}

/** A number in a line of settings: its label, its field, its unit. */
export function NumberLine({ label, unit, onValue, ...field }: Props) {
  return (
    <label className="line">
      {label}
      <InputNumber<number> precision={0} {...field} onChange={onValue} />
      {unit}
    </label>
  )
}
