import { useTranslation } from 'react-i18next'
import { useHouse } from '../api/session'
import { useFormat } from '../shared/format'
import type { FieldInfo, Op } from './catalogue'
import { Pick, ValueInput } from './inputs'
import { withOp } from './leaves'
import type { Condition } from './tree'

/** Today's business date, from which new dates start. */
export function useToday(): string {
  const { now } = useHouse()
  return useFormat().day(now)
}

/** The operator and the value of a test. */
export function Comparison({
  body,
  field,
  ops,
  onChange,
}: {
  body: Condition
  field: { kind: FieldInfo['kind']; options: FieldInfo['options'] }
  ops: readonly Op[]
  onChange: (body: Condition) => void
}) {
  const { t } = useTranslation('conditions')
  const today = useToday()
  const op = typeof body.op === 'string' ? body.op : (ops[0] ?? 'eq')
  return (
    <>
      <Pick
        label={t('label.op')}
        value={op}
        onChange={(next) => onChange(withOp(body, next, field, today))}
        options={ops.map((key) => ({ key, label: t(`op.${key}`) }))}
      />
      <ValueInput
        kind={field.kind}
        op={op}
        options={field.options}
        value={body.value ?? null}
        onChange={(value) => onChange({ ...body, op, value })}
      />
    </>
  )
}
