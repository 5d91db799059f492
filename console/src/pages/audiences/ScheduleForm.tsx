import { Button, Input, InputNumber, Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Card } from '../../shared/Card'
import './actTexts'
import { DAILY, EVERY, MOST_TIMES, WEEKDAYS, withEvery, type Every, type Schedule } from './schedule'
import { useScheduleWords } from './useScheduleWords'

/** Whether an audience follows the data or is computed at times of its own, and which. */
export function ScheduleForm({ schedule, onChange }: { schedule: Schedule | null; onChange: (schedule: Schedule | null) => void }) {
  const { t } = useTranslation('audienceActs')
  const words = useScheduleWords()
  return (
    <Card title={t('follows')}>
      <Radio.Group
        className="stack-8"
        aria-label={t('follows')}
        value={schedule === null ? 'live' : 'scheduled'}
        onChange={(event) => onChange(event.target.value === 'live' ? null : DAILY)}
        options={[
          { value: 'live', label: t('followsLive') },
          { value: 'scheduled', label: t('followsTimes') },
        ]}
      />
      {schedule !== null && (
        <div className="stack-8" style={{ marginTop: 12 }}>
          <div className="line">
            <Select<Every>
              aria-label={t('every')}
              value={schedule.every}
              onChange={(every) => onChange(withEvery(schedule, every))}
              options={EVERY.map((each) => ({ value: each, label: t(`everyOf.${each}`) }))}
              style={{ width: 110 }}
            />
            {schedule.every === 'week' && (
              <Select
                mode="multiple"
                aria-label={t('weekdays')}
                value={schedule.weekdays}
                onChange={(weekdays: number[]) => onChange({ ...schedule, weekdays })}
                options={WEEKDAYS.map((each) => ({ value: each, label: t(`weekday.w${each}`, { ns: 'audiences' }) }))}
                style={{ minWidth: 140 }}
              />
            )}
            {schedule.every === 'month' && (
              <InputNumber
                aria-label={t('monthDay')}
                min={1}
                max={31}
                precision={0}
                suffix={t('dayOf')}
                value={schedule.day}
                onChange={(day) => onChange({ ...schedule, day })}
                style={{ width: 100 }}
              />
            )}
          </div>
          <Times times={schedule.at} onChange={(at) => onChange({ ...schedule, at })} />
          <p className="sub">{words(schedule)}</p>
        </div>
      )}
    </Card>
  )
}

function Times({ times, onChange }: { times: readonly string[]; onChange: (times: string[]) => void }) {
  const { t } = useTranslation('audienceActs')
  return (
    <div className="line">
      {times.map((time, place) => (
        <span key={place}>
          <Input
            type="time"
            aria-label={t('timeOf', { n: place + 1 })}
            value={time}
            onChange={(event) => onChange(times.map((each, at) => (at === place ? event.target.value : each)))}
            style={{ width: 120 }}
          />
          {times.length > 1 && (
            <Button
              type="text"
              size="small"
              aria-label={t('dropTime', { n: place + 1 })}
              onClick={() => onChange(times.filter((_, at) => at !== place))}
            >
              ×
            </Button>
          )}
        </span>
      ))}
      {times.length < MOST_TIMES && (
        <Button size="small" onClick={() => onChange([...times, '18:00'])}>
          {t('addTime')}
        </Button>
      )}
    </div>
  )
}
