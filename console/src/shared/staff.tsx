import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client'

/** Names of staff by key; the key itself until they are known. */
export function useStaffNames(): (key: string | null | undefined) => string {
  const { data } = api.useQuery('get', '/api/org/staff', { params: { query: { size: 200 } } }, { staleTime: 300_000 })
  return (key) => (key ? (data?.items.find((each) => each.key === key)?.name ?? key) : '—')
}

/** One member of the staff by name; a form control. */
export function StaffSelect({
  value,
  onChange,
  id,
  label,
  allowClear = false,
  width = '100%',
}: {
  value?: string
  onChange?: (key: string | undefined) => void
  id?: string
  label?: string
  allowClear?: boolean
  width?: number | string
}) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const { data } = api.useQuery('get', '/api/org/staff', { params: { query: { search, size: 50 } } })
  const nameOf = useStaffNames()
  const options = (data?.items ?? []).map(({ key, name, store, active }) => ({
    value: key,
    label: [name, store, active ? null : t('staff.inactive')].filter((part) => part !== null).join(' · '),
  }))
  if (value && !options.some((option) => option.value === value)) options.push({ value, label: nameOf(value) })
  return (
    <Select
      id={id}
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={onChange}
      allowClear={allowClear}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      notFoundContent={t('table.none')}
      options={options}
      style={{ width }}
    />
  )
}
