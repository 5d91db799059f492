import { Button, Checkbox, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useHouse, useMayWrite } from '../../api/session'
import { Card } from '../../shared/Card'
import { useAct } from '../../shared/act'
import { asProblem, Loaded } from '../../shared/PageState'
import { Between, Words } from './Between'
import { Caps } from './Caps'
import { Holdout } from './Holdout'
import { Limits } from './Limits'
import { SendStop } from './SendStop'

export type Policy = components['schemas']['Policy']
export type Cap = components['schemas']['Cap']
export const PURPOSES = ['marketing', 'service', 'transactional'] as const
const PATH = '/api/touch/policy'
const SHIPPED_QUIET: NonNullable<Policy['quiet']> = { start: '21:30', end: '08:30', purposes: ['marketing'] }

/** When and how often customers may be written to, and the switch that stops all of it. */
export function Contact() {
  const policy = api.useQuery('get', PATH)
  return (
    <div className="stack">
      <SendStop />
      <Holdout />
      <Loaded query={policy}>
        {/* A policy saved, here or elsewhere, starts the form anew from what is in force. */}
        {(saved) => <PolicyForm key={JSON.stringify(saved)} saved={saved} />}
      </Loaded>
    </div>
  )
}

function PolicyForm({ saved }: { saved: Policy }) {
  const { t } = useTranslation('settings')
  const { zone } = useHouse()
  const mayWrite = useMayWrite()
  const [draft, setDraft] = useState(saved)
  const save = useAct(async () => http.PUT(PATH, { body: draft }), { done: t('contact.saved'), stale: [PATH], quiet: true })
  const quiet = draft.quiet ?? SHIPPED_QUIET
  const setQuiet = (part: Partial<typeof quiet>) => setDraft({ ...draft, quiet: { ...quiet, ...part } })
  const none = quiet.purposes.length === 0 || quiet.start.slice(0, 5) === quiet.end.slice(0, 5)
  const changed = JSON.stringify(draft) !== JSON.stringify(saved)
  return (
    <>
      <Card title={t('contact.quiet')} why={t('contact.quietWhy', { zone })}>
        <div className="line">
          <Clock label={t('contact.from')} value={quiet.start} disabled={!mayWrite} onChange={(start) => setQuiet({ start })} />
          {t('contact.to')}
          <Clock label={t('contact.until')} value={quiet.end} disabled={!mayWrite} onChange={(end) => setQuiet({ end })} />
          <span>{t('contact.holds')}</span>
          <Checkbox.Group
            aria-label={t('contact.holds')}
            value={quiet.purposes}
            disabled={!mayWrite}
            options={PURPOSES.map((value) => ({ value, label: t(`purpose.${value}`) }))}
            onChange={(purposes) => setQuiet({ purposes })}
          />
        </div>
        <p className={none ? 'warn' : 'sub'}>{t(none ? 'contact.noQuiet' : 'contact.quietEffect')}</p>
      </Card>
      <Caps caps={draft.caps ?? []} disabled={!mayWrite} onChange={(caps) => setDraft({ ...draft, caps })} />
      <Between policy={draft} disabled={!mayWrite} onChange={(part) => setDraft({ ...draft, ...part })} />
      <Words policy={draft} disabled={!mayWrite} onChange={(part) => setDraft({ ...draft, ...part })} />
      <Limits policy={draft} disabled={!mayWrite} onChange={(part) => setDraft({ ...draft, ...part })} />
      <Card title={t('contact.window')} why={t('contact.windowWhy')}>
        <label className="line">
          {t('contact.windowBefore')}
          <InputNumber
            min={1}
            max={24 * 31}
            precision={0}
            value={draft.window_hours}
            disabled={!mayWrite}
            onChange={(hours) => hours !== null && setDraft({ ...draft, window_hours: hours })}
          />
          {t('contact.windowAfter')}
        </label>
      </Card>
      {save.error && (
        <p className="bad" role="alert">
          {asProblem(save.error).message}
        </p>
      )}
      {mayWrite ? (
        <div className="line">
          <Button type="primary" disabled={!changed} loading={save.isPending} onClick={() => save.mutate(undefined)}>
            {t('contact.save')}
          </Button>
          {changed && <Button onClick={() => setDraft(saved)}>{t('contact.undo')}</Button>}
          <span className="sub">{t(changed ? 'contact.unsaved' : 'contact.inForce')}</span>
        </div>
      ) : (
        <p className="sub">{t('contact.readOnly')}</p>
      )}
    </>
  )
}

/** A time of day on the customer's clock. */
function Clock({
  label,
  value,
  disabled,
  onChange,
}: {
  label: string
  value: string
  disabled: boolean
  onChange: (value: string) => void
}) {
  return (
    <Input
      type="time"
      aria-label={label}
      style={{ width: 120 }}
      value={value.slice(0, 5)}
      disabled={disabled}
      onChange={({ target }) => target.value !== '' && onChange(`${target.value}:00`)}
    />
  )
}

/** One purpose of messages, or all of them. */
export function PurposeSelect({
  value,
  disabled,
  onChange,
}: {
  value: Cap['purpose']
  disabled: boolean
  onChange: (purpose: Cap['purpose']) => void
}) {
  const { t } = useTranslation('settings')
  return (
    <Select<string>
      aria-label={t('caps.purpose')}
      style={{ width: 130 }}
      value={value ?? ''}
      disabled={disabled}
      options={[{ value: '', label: t('purpose.all') }, ...PURPOSES.map((each) => ({ value: each, label: t(`purpose.${each}`) }))]}
      onChange={(chosen) => onChange(PURPOSES.find((each) => each === chosen) ?? null)}
    />
  )
}
