import { Select } from 'antd'
import { useState } from 'react'
import { api } from '../../api/client'
import { useFormat } from '../../shared/format'

export type Grain = 'product' | 'category' | 'brand'
export const GRAINS: readonly Grain[] = ['product', 'category', 'brand']

interface Props {
  by: Grain
  value: string[]
  onChange: (keys: string[]) => void
  label: string
  placeholder: string
  most?: number
  width?: number
}

/** Items that were bought, found by name or key, the most bought first. */
export function ItemSelect({ by, value, onChange, label, placeholder, most, width = 320 }: Props) {
  const format = useFormat()
  const [search, setSearch] = useState('')
  const found = api.useQuery('get', '/api/insight/affinity/items', { params: { query: { by, search } } })
  return (
    <Select
      mode="multiple"
      value={value}
      maxCount={most}
      aria-label={label}
      placeholder={placeholder}
      style={{ minWidth: width }}
      loading={found.isFetching}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      onChange={(keys: string[]) => {
        setSearch('')
        onChange(keys)
      }}
      options={(found.data?.items ?? []).map((item) => ({
        value: item.key,
        label: `${item.name}（${format.people(item.buyers)}）`,
      }))}
    />
  )
}
