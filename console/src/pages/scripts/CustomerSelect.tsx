import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'

/** One customer the reader may see, found by name or contact. */
export function CustomerSelect({ value, onChange, label }: { value: number | null; onChange: (cid: number) => void; label: string }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const { data } = api.useQuery('get', '/api/people/customers', { params: { query: { search, size: 20 } } })
  return (
    <Select
      aria-label={label}
      placeholder={label}
      value={value}
      onChange={onChange}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      notFoundContent={t('table.none')}
      options={(data?.items ?? []).map(({ cid, name }) => ({ value: cid, label: name || `#${cid}` }))}
      style={{ width: '100%' }}
    />
  )
}
