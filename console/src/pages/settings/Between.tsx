import { Button, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import type { Policy } from './Contact'

type Exclusion = NonNullable<Policy['exclusion']>
type Group = Exclusion['groups'][number]
interface Part {
  policy: Policy
  disabled: boolean
  onChange: (part: Partial<Policy>) => void
}
const MOST = 24 * 31
/** The words of the channels that have none of their own. */
const ANY = '*'

/** How far apart journeys speak to one customer, and which exclude each other. */
export function Between({ policy, disabled, onChange }: Part) {
  const { t } = useTranslation('settings')
  const journeys = api.useQuery('get', '/api/journeys', undefined, { staleTime: 300_000 })
  const options = (journeys.data?.items ?? []).map(({ key, name }) => ({ value: key, label: name }))
  const exclusion: Exclusion = policy.exclusion ?? { hours: 0, groups: [], purposes: ['marketing'] }
  const { groups } = exclusion
  const set = (part: Partial<Exclusion>) => onChange({ exclusion: { ...exclusion, ...part } })
  const change = (at: number, part: Partial<Group>) => set({ groups: groups.map((group, n) => (n === at ? { ...group, ...part } : group)) })
  const isIncomplete = groups.some(({ name, journeys: chosen }) => name.trim() === '' || chosen.length < 2)
  return (
    <Card title={t('between.title')} why={t('between.why')}>
      <div className="stack-8">
        <label className="line">
          {t('between.hoursBefore')}
          <Hours label={t('between.hoursBefore')} least={0} value={exclusion.hours} disabled={disabled} onChange={(hours) => set({ hours })} />
          {t('between.hoursAfter')}
        </label>
        {groups.map((group, n) => (
          <div className="line" key={n} role="group" aria-label={t('between.group', { n: n + 1 })}>
            <Input
              aria-label={t('between.name')}
              style={{ width: 150 }}
              maxLength={60}
              value={group.name}
              disabled={disabled}
              onChange={({ target }) => change(n, { name: target.value })}
            />
            <Select<string[]>
              mode="multiple"
              aria-label={t('between.journeys')}
              placeholder={t('between.journeys')}
              style={{ minWidth: 260 }}
              value={group.journeys}
              disabled={disabled}
              options={options}
              onChange={(chosen) => change(n, { journeys: chosen })}
            />
            <Hours label={t('between.apart')} least={1} value={group.hours} disabled={disabled} onChange={(hours) => change(n, { hours })} />
            {!disabled && (
              <Button type="text" onClick={() => set({ groups: groups.filter((_, at) => at !== n) })}>
                {t('act.remove', { ns: 'common' })}
              </Button>
            )}
          </div>
        ))}
        {isIncomplete && <p className="warn">{t('between.incomplete')}</p>}
        {!disabled && (
          <div>
            <Button onClick={() => set({ groups: [...groups, { name: t('between.newGroup'), journeys: [], hours: 72 }] })}>{t('between.add')}</Button>
          </div>
        )}
      </div>
    </Card>
  )
}

/** Answers that mean no more, and the hour for people little is known of. */
export function Words({ policy, disabled, onChange }: Part) {
  const { t } = useTranslation('settings')
  const words = policy.opt_out_words ?? {}
  return (
    <Card title={t('words.title')} why={t('words.why')}>
      <div className="stack-8">
        <Select<string[]>
          mode="tags"
          aria-label={t('words.words')}
          style={{ width: '100%' }}
          value={words[ANY] ?? []}
          disabled={disabled}
          open={false}
          tokenSeparators={[',', ' ']}
          onChange={(chosen) => onChange({ opt_out_words: { ...words, [ANY]: chosen } })}
        />
        {Object.keys(words).some((channel) => channel !== ANY) && <p className="sub">{t('words.own')}</p>}
        <label className="line">
          {t('words.hourBefore')}
          <InputNumber
            aria-label={t('words.hour')}
            min={0}
            max={23}
            precision={0}
            style={{ width: 80 }}
            value={policy.best_hour}
            disabled={disabled}
            onChange={(hour) => hour !== null && onChange({ best_hour: hour })}
          />
          {t('words.hourAfter')}
        </label>
      </div>
    </Card>
  )
}

function Hours({
  label,
  least,
  value,
  disabled,
  onChange,
}: {
  label: string
  least: number
  value: number
  disabled: boolean
  onChange: (hours: number) => void
}) {
  return (
    <InputNumber
      aria-label={label}
      style={{ width: 90 }}
      min={least}
      max={MOST}
      precision={0}
      value={value}
      disabled={disabled}
      onChange={(hours) => hours !== null && onChange(hours)}
    />
  )
}
