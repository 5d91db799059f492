import { Button, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Mapping } from './Setup'

const IDENTITIES = [
  'member_no',
  'customer_id',
  'user_id',
  'external_userid',
  'unionid',
  'openid',
  'household_id',
  'phone',
  'email',
] as const

/** Which columns tell who the person is; each of them that a row has names the same person. */
export function Person({
  columns,
  mapping,
  onChange,
}: {
  columns: string[]
  mapping: Mapping
  onChange: (mapping: Mapping) => void
}) {
  const { t } = useTranslation('imports')
  const { identities } = mapping
  const set = (next: Mapping['identities']) => onChange({ ...mapping, identities: next })
  const change = (at: number, part: Partial<Mapping['identities'][number]>) =>
    set(identities.map((each, n) => (n === at ? { ...each, ...part } : each)))
  const add = () => {
    const free = columns.find((column) => !mapping.identities.some((each) => each.column === column))
    const type = IDENTITIES.find((each) => !identities.some((one) => one.type === each)) ?? 'member_no'
    set([...identities, { type, column: free ?? columns[0] ?? '', realm: '' }])
  }
  return (
    <fieldset style={{ border: 0, padding: 0, margin: '16px 0 0' }}>
      <legend style={{ padding: 0, marginBottom: 8 }}>
        <b>{t('setup.person')}</b>
        <div className={identities.length === 0 ? 'warn' : 'sub'}>{t('setup.personWhy')}</div>
      </legend>
      {identities.map((identity, n) => (
        <div className="table-bar" key={n} role="group" aria-label={t('setup.personNth', { n: n + 1 })}>
          <Select
            aria-label={t('setup.identity')}
            style={{ width: 180 }}
            value={identity.type}
            options={IDENTITIES.map((value) => ({ value, label: t(`identityOf.${value}`) }))}
            onChange={(type: string) => change(n, { type })}
          />
          <Select
            showSearch
            aria-label={t('setup.column')}
            style={{ width: 220 }}
            value={identity.column}
            options={columns.map((value) => ({ value }))}
            onChange={(column: string) => change(n, { column })}
          />
          <Input
            aria-label={t('setup.realm')}
            placeholder={t('setup.realm')}
            style={{ width: 200 }}
            value={identity.realm}
            onChange={(event) => change(n, { realm: event.target.value })}
          />
          <Button onClick={() => set(identities.filter((_, at) => at !== n))}>{t('act.remove', { ns: 'common' })}</Button>
        </div>
      ))}
      <Button onClick={add}>{t('setup.addPerson')}</Button>
    </fieldset>
  )
}
