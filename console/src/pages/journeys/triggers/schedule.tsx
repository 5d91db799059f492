import { Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Pick } from '../../../conditions/inputs'
import type { Schedule } from '../definition'
import { TimeInput } from '../editor/inputs'
import { AudiencePick, type FormProps } from './common'

const DAYS = ['weekdays', 'monthday', 'workdays', 'days_off', 'last_workday', 'holiday', 'cron'] as const
type Days = (typeof DAYS)[number]
const HOLIDAYS = [
  'new_year',
  'spring_festival',
  'qingming',
  'labour_day',
  'dragon_boat',
  'mid_autumn',
  'national_day',
] as const

function daysOf(schedule: Schedule): Days {
  if (schedule.cron != null) return 'cron'
  if (schedule.holiday != null) return 'holiday'
  if (schedule.last_workday) return 'last_workday'
  if (schedule.only != null) return schedule.only
  return schedule.monthday != null ? 'monthday' : 'weekdays'
}

function beginning(days: Days, at: string): Schedule {
  switch (days) {
    case 'weekdays':
      return { at }
    case 'monthday':
      return { at, monthday: 1 }
    case 'workdays':
    case 'days_off':
      return { at, only: days }
    case 'last_workday':
      return { at, last_workday: true }
    case 'holiday':
      return { at, holiday: 'spring_festival', days: -7 }
    case 'cron':
      return { cron: '0 10 * * 1-5' }
  }
}

/** Whose audience, on which days and when. */
export function ScheduleForm({ trigger, onChange }: FormProps) {
  const { t } = useTranslation('journeyEditor')
  return (
    <>
      <AudiencePick
        label={t('audience')}
        value={trigger.audience ?? ''}
        onChange={(audience) => onChange({ ...trigger, audience })}
      />
      <SchedulePart trigger={trigger} onChange={onChange} />
    </>
  )
}

/** On which days and when. */
export function SchedulePart({ trigger, onChange }: FormProps) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  const schedule: Schedule = trigger.schedule ?? { at: '10:00' }
  const days = daysOf(schedule)
  const put = (part: Schedule) => onChange({ ...trigger, schedule: { ...schedule, ...part } })
  return (
    <>
      <Pick
        label={t('scheduleDays')}
        width={150}
        value={days}
        onChange={(next) => onChange({ ...trigger, schedule: beginning(next as Days, schedule.at ?? '10:00') })}
        options={DAYS.map((each) => ({ key: each, label: t(`scheduleKinds.${each}`) }))}
      />
      {days !== 'cron' && <TimeInput label={t('at')} value={schedule.at ?? '10:00'} onChange={(at) => put({ at })} />}
      {days === 'weekdays' && (
        <Select
          mode="multiple"
          size="small"
          aria-label={t('weekdays')}
          placeholder={t('weekdays')}
          style={{ minWidth: 180 }}
          value={schedule.weekdays ?? []}
          onChange={(weekdays) =>
            onChange({ ...trigger, schedule: { at: schedule.at, ...(weekdays.length > 0 ? { weekdays } : {}) } })
          }
          options={([1, 2, 3, 4, 5, 6, 7] as const).map((day) => ({ value: day, label: say(`weekday.w${day}`) }))}
        />
      )}
      {days === 'monthday' && (
        <InputNumber
          size="small"
          aria-label={t('monthday')}
          min={1}
          max={28}
          precision={0}
          value={schedule.monthday ?? 1}
          onChange={(monthday) => monthday !== null && put({ monthday })}
        />
      )}
      {days === 'holiday' && (
        <>
          <Pick
            label={t('holiday')}
            width={120}
            value={schedule.holiday ?? 'spring_festival'}
            onChange={(holiday) => put({ holiday: holiday as NonNullable<Schedule['holiday']> })}
            options={HOLIDAYS.map((each) => ({ key: each, label: say(`holiday.${each}`) }))}
          />
          <InputNumber
            size="small"
            aria-label={t('holidayDays')}
            style={{ width: 70 }}
            min={-30}
            max={30}
            precision={0}
            value={schedule.days ?? 0}
            onChange={(n) => n !== null && put({ days: n })}
          />
          <span className="sub">{t('holidayDays')}</span>
        </>
      )}
      {days === 'cron' && (
        <Input
          size="small"
          aria-label={t('cron')}
          style={{ width: 180 }}
          value={schedule.cron ?? ''}
          onChange={(event) => put({ cron: event.target.value })}
        />
      )}
    </>
  )
}
