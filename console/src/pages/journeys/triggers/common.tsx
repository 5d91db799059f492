import { Pick } from '../../../conditions/inputs'
import { useCatalogue } from '../../../conditions/useCatalogue'
import { useFormat } from '../../../shared/format'
import type { Trigger } from '../definition'

/** The form of one way in: what is written, and what it becomes. */
export interface FormProps {
  trigger: Trigger
  onChange: (trigger: Trigger) => void
}

/** One of the house's audiences. */
export function AudiencePick({ label, value, onChange }: { label: string; value: string; onChange: (key: string) => void }) {
  const format = useFormat()
  const { data } = useCatalogue()
  return (
    <Pick
      label={label}
      width={220}
      value={value}
      onChange={onChange}
      options={(data?.audiences ?? []).map((each) => ({ key: each.key, label: format.named(each) }))}
    />
  )
}
