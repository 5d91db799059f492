import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api/client'
import type { Roster } from '../definition'
import type { FormProps } from './common'
import { SchedulePart } from './schedule'

const ROLES = ['owner', 'manager', 'staff', 'read_only'] as const

/** Who works where, or may do what, and when they begin. */
export function StaffForm({ trigger, onChange }: FormProps) {
  const { t } = useTranslation('journeyEditor')
  const departments = api.useQuery('get', '/api/org/departments')
  const stores = api.useQuery('get', '/api/org/stores')
  const options = {
    departments: (departments.data ?? []).map(({ key, path }) => ({ value: key, label: path })),
    stores: (stores.data ?? []).map(({ key, name }) => ({ value: key, label: name })),
    roles: ROLES.map((role) => ({ value: role, label: t(`role.${role}`, { ns: 'common' }) })),
  }
  const roster: Roster = trigger.staff ?? {}
  const put = (part: keyof Roster, keys: string[]) => {
    const parts = Object.entries({ ...roster, [part]: keys }).filter(([, chosen]) => chosen.length > 0)
    onChange({ ...trigger, staff: Object.fromEntries(parts) })
  }
  return (
    <>
      {(['departments', 'stores', 'roles'] as const).map((part) => (
        <Select
          key={part}
          mode="multiple"
          size="small"
          aria-label={t(`roster.${part}`)}
          placeholder={t(`roster.${part}`)}
          style={{ minWidth: 170 }}
          value={roster[part] ?? []}
          onChange={(keys: string[]) => put(part, keys)}
          options={options[part]}
        />
      ))}
      <SchedulePart trigger={trigger} onChange={onChange} />
    </>
  )
}
