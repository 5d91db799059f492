import { Checkbox, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api/client'
import { Pick } from '../../../conditions/inputs'
import { useFormat } from '../../../shared/format'
import type { Subject, Wait } from '../definition'
import { update, without } from './editing'
import { EventInput, Line, NumberInput, SpanInput, TargetPick, TimeInput } from './inputs'
import type { StepFormProps } from './StepForm'

const KINDS = ['for', 'until', 'between', 'date', 'best', 'life'] as const
type WaitKind = (typeof KINDS)[number]
/** Waits that ask nothing of a customer. */
const FOR_STAFF: readonly WaitKind[] = ['for', 'until', 'between']
const BEGINNINGS: Record<WaitKind, Wait> = {
  for: { for: '1d' },
  until: { until: '20:00' },
  between: { between: ['10:00', '20:00'] },
  date: { date: { attr: 'first_seen', days: 30 } },
  best: { best: '2d' },
  life: { life: 0.8, default: '30d' },
}

function kindOf(wait: Wait): WaitKind {
  return KINDS.find((kind) => wait[kind] != null) ?? 'for'
}

interface PartProps {
  wait: Wait
  put: (wait: Wait) => void
}

/** How long people stay here, and what ends it early. */
export function WaitForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const wait = step.wait ?? BEGINNINGS.for
  const kind = kindOf(wait)
  const subject: Subject = definition.subject ?? 'customer'
  const put = (next: Wait) => onChange(update(definition, { ...step, wait: next }))
  const early = {
    ...(wait.or_event ? { or_event: wait.or_event } : {}),
    ...(wait.early != null ? { early: wait.early } : {}),
  }
  return (
    <>
      <Line label={t('wait')}>
        <Pick
          label={t('wait')}
          width={220}
          value={kind}
          onChange={(next) => put({ ...BEGINNINGS[next as WaitKind], ...early })}
          options={(subject === 'staff' ? FOR_STAFF : KINDS).map((each) => ({ key: each, label: t(`waits.${each}`) }))}
        />
      </Line>
      {kind === 'for' && (
        <Line label={t('waitFor')}>
          <SpanInput label={t('waitFor')} value={wait.for} onChange={(span) => span && put({ ...wait, for: span })} />
        </Line>
      )}
      {kind === 'until' && <UntilPart wait={wait} put={put} />}
      {kind === 'between' && (
        <Line label={t('waits.between')}>
          <TimeInput
            label={t('from')}
            value={wait.between?.[0] ?? ''}
            onChange={(from) => put({ ...wait, between: [from, wait.between?.[1] ?? from] })}
          />
          –
          <TimeInput
            label={t('to')}
            value={wait.between?.[1] ?? ''}
            onChange={(to) => put({ ...wait, between: [wait.between?.[0] ?? to, to] })}
          />
        </Line>
      )}
      {kind === 'date' && <DatePart wait={wait} put={put} />}
      {kind === 'best' && (
        <Line label={t('bestWithin')} why={t('bestWhy')}>
          <SpanInput label={t('bestWithin')} value={wait.best} onChange={(span) => span && put({ ...wait, best: span })} />
        </Line>
      )}
      {kind === 'life' && <LifePart wait={wait} put={put} />}
      {((kind === 'until' && wait.day == null) || kind === 'between') && (
        <Line label={t('onWeekdays')}>
          <Weekdays wait={wait} put={put} />
        </Line>
      )}
      {subject === 'customer' && (kind === 'until' || kind === 'between' || kind === 'date') && (
        <Checkbox
          checked={wait.zone === 'customer'}
          onChange={(event) => put(event.target.checked ? { ...wait, zone: 'customer' } : without(wait, 'zone'))}
        >
          {t('ownClock')}
        </Checkbox>
      )}
      {subject === 'customer' && (
        <Line label={t('orEvent')}>
          <EventInput
            label={t('orEvent')}
            none={t('none')}
            value={wait.or_event ?? null}
            onChange={(event) => put(event ? { ...wait, or_event: event } : without(without(wait, 'or_event'), 'early'))}
          />
        </Line>
      )}
      {wait.or_event && (
        <Line label={t('earlyTo')}>
          <TargetPick
            label={t('earlyTo')}
            definition={definition}
            self={step.id}
            none={t('asNext')}
            value={wait.early ?? null}
            onChange={(to) => put(to === null ? without(wait, 'early') : { ...wait, early: to })}
          />
        </Line>
      )}
    </>
  )
}

function UntilPart({ wait, put }: PartProps) {
  const { t } = useTranslation('journeyEditor')
  return (
    <>
      <Line label={t('at')}>
        <TimeInput label={t('at')} value={wait.until ?? ''} onChange={(until) => put({ ...wait, until })} />
      </Line>
      <Line label={t('day')}>
        <InputNumber
          size="small"
          aria-label={t('day')}
          min={0}
          max={730}
          precision={0}
          value={wait.day ?? null}
          onChange={(day) => put(day === null ? without(wait, 'day') : { ...without(wait, 'weekdays'), day })}
        />
      </Line>
    </>
  )
}

function Weekdays({ wait, put }: PartProps) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  return (
    <Select
      mode="multiple"
      size="small"
      aria-label={t('onWeekdays')}
      placeholder={t('weekdays')}
      style={{ minWidth: 200 }}
      value={wait.weekdays ?? []}
      onChange={(weekdays) => put(weekdays.length > 0 ? { ...wait, weekdays } : without(wait, 'weekdays'))}
      options={([1, 2, 3, 4, 5, 6, 7] as const).map((day) => ({ value: day, label: say(`weekday.w${day}`) }))}
    />
  )
}

function DatePart({ wait, put }: PartProps) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const attributes = api.useQuery('get', '/api/people/attributes')
  const own = wait.date ?? { attr: 'first_seen' }
  const set = (part: Partial<typeof own>) => put({ ...wait, date: { ...own, ...part } })
  const days = own.days ?? 0
  const dates = (attributes.data ?? []).filter(({ kind }) => kind === 'date')
  return (
    <>
      <Line label={t('ownDate')} why={dates.length === 0 ? t('noDates') : undefined}>
        <Pick
          label={t('ownDate')}
          width={180}
          value={own.attr}
          onChange={(attr) => set({ attr })}
          options={[{ key: 'first_seen', label: t('firstSeen') }, ...dates.map((each) => ({ key: each.key, label: format.named(each) }))]}
        />
        <Pick
          label={t('daysWhen')}
          width={110}
          value={days < 0 ? 'before' : days > 0 ? 'after' : 'on'}
          onChange={(when) => set({ days: when === 'on' ? 0 : (Math.abs(days) || 1) * (when === 'before' ? -1 : 1) })}
          options={(['before', 'on', 'after'] as const).map((each) => ({ key: each, label: t(`daysWhens.${each}`) }))}
        />
        {days !== 0 && (
          <NumberInput
            label={t('daysApart')}
            min={1}
            max={366}
            suffix={t('days')}
            value={Math.abs(days)}
            onValue={(n) => set({ days: days < 0 ? -n : n })}
          />
        )}
        <TimeInput label={t('at')} value={own.at ?? '09:00'} onChange={(at) => set({ at })} />
      </Line>
      <Checkbox checked={own.yearly === true} onChange={(event) => put({ ...wait, date: yearly(own, event.target.checked) })}>
        {t('yearly')}
      </Checkbox>
      <Line label={t('noDateDefault')}>
        <SpanInput
          label={t('noDateDefault')}
          optional
          value={wait.default}
          onChange={(span) => put(span === null ? without(wait, 'default') : { ...wait, default: span })}
        />
      </Line>
    </>
  )
}

function yearly(own: NonNullable<Wait['date']>, isYearly: boolean): NonNullable<Wait['date']> {
  return isYearly ? { ...own, yearly: true } : without(own, 'yearly')
}

function LifePart({ wait, put }: PartProps) {
  const { t } = useTranslation('journeyEditor')
  return (
    <>
      <Line label={t('life')}>
        <NumberInput
          label={t('life')}
          min={1}
          max={300}
          suffix="%"
          value={Math.round((wait.life ?? 0) * 100)}
          onValue={(share) => put({ ...wait, life: share / 100 })}
        />
      </Line>
      <Line label={t('lifeDefault')}>
        <SpanInput label={t('lifeDefault')} value={wait.default} onChange={(span) => span && put({ ...wait, default: span })} />
      </Line>
    </>
  )
}
