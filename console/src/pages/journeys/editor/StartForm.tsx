import { Button, Input, InputNumber, Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { ConditionFilter } from '../../../conditions/ConditionFilter'
import { Pick } from '../../../conditions/inputs'
import { useCatalogue } from '../../../conditions/useCatalogue'
import { Card } from '../../../shared/Card'
import { useFormat } from '../../../shared/format'
import type { Definition, EventSpec, Trigger } from '../definition'
import { without } from './editing'
import { EventInput, Line, NumberInput, SpanInput, TimeInput } from './inputs'
import { EventsPick } from './smallForms'

interface Props {
  definition: Definition
  onChange: (definition: Definition, mark?: string) => void
}

type Way = 'event' | 'audience' | 'schedule' | 'manual'
const WAYS: readonly Way[] = ['event', 'audience', 'schedule', 'manual']

function wayOf(trigger: Trigger): Way {
  if (trigger.schedule) return 'schedule'
  if (trigger.audience !== undefined) return 'audience'
  return trigger.manual ? 'manual' : 'event'
}

function beginning(way: Way): Trigger {
  switch (way) {
    case 'event':
      return { event: 'friend_added' }
    case 'audience':
      return { audience: '' }
    case 'schedule':
      return { schedule: { at: '10:00' }, audience: '' }
    case 'manual':
      return { manual: true }
  }
}

/** What holds for the whole journey: its name, who enters and how often, what counts as success, who is left alone. */
export function StartForm({ definition, onChange }: Props) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  const put = (part: Partial<Definition>, mark?: string) => onChange(written({ ...definition, ...part }), mark)
  const setTrigger = (at: number, trigger: Trigger) =>
    put({ triggers: definition.triggers.map((each, n) => (n === at ? trigger : each)) })
  return (
    <Card title={say('start')}>
      <div className="stack">
        <Line label={t('name')}>
          <Input
            value={definition.name}
            aria-label={t('name')}
            maxLength={60}
            onChange={(event) => put({ name: event.target.value }, 'name')}
          />
        </Line>
        <Line label={t('about')}>
          <Input.TextArea
            value={definition.about ?? ''}
            aria-label={t('about')}
            autoSize={{ minRows: 1, maxRows: 4 }}
            onChange={(event) => put({ about: event.target.value }, 'about')}
          />
        </Line>
        {definition.triggers.map((trigger, at) => (
          <Line key={at} label={at === 0 ? t('trigger') : t('triggerOr')}>
            <TriggerInput trigger={trigger} onChange={(next) => setTrigger(at, next)} />
            {definition.triggers.length > 1 && (
              <Button
                size="small"
                type="text"
                danger
                onClick={() => put({ triggers: definition.triggers.filter((_, n) => n !== at) })}
              >
                {t('removeTrigger')}
              </Button>
            )}
          </Line>
        ))}
        <div>
          <Button size="small" onClick={() => put({ triggers: [...definition.triggers, beginning('manual')] })}>
            {t('addTrigger')}
          </Button>
        </div>
        <Line label={t('entry')}>
          <Segmented
            size="small"
            value={definition.entry ?? 'once'}
            onChange={(entry) => put({ entry })}
            options={(['once', 'each'] as const).map((each) => ({ value: each, label: say(`entry.${each}`) }))}
          />
        </Line>
        {definition.entry === 'each' && (
          <Line label={t('gap')}>
            <SpanInput label={t('gap')} optional value={definition.gap} onChange={(gap) => put({ gap })} />
          </Line>
        )}
        <Line label={t('filter')}>
          <ConditionFilter condition={definition.filter ?? null} onChange={(filter) => put({ filter })} />
        </Line>
        <Line label={t('goal')}>
          <EventInput
            label={t('goal')}
            value={definition.goal ?? { event: 'order_paid' }}
            onChange={(goal) => goal && put({ goal })}
          />
        </Line>
        <Line label={t('exits')}>
          <EventsPick
            label={t('exits')}
            value={(definition.exits ?? []).map(({ event }) => event)}
            onChange={(events) => put({ exits: events.map((event) => specOf(definition.exits ?? [], event)) })}
          />
        </Line>
        <Line label={t('control')} why={(definition.control ?? 0) === 0 ? t('controlWhy') : undefined}>
          <NumberInput
            label={t('control')}
            min={0}
            max={90}
            precision={undefined}
            suffix="%"
            value={definition.control ?? 0}
            onValue={(control) => put({ control })}
          />
        </Line>
        <Line label={t('window')}>
          <NumberInput
            label={t('window')}
            min={1}
            max={365}
            suffix={t('days')}
            value={definition.window ?? 14}
            onValue={(window) => put({ window })}
          />
        </Line>
        <Line label={say('priority')}>
          <NumberInput
            label={say('priority')}
            min={0}
            max={100}
            value={definition.priority ?? 50}
            onValue={(priority) => put({ priority })}
          />
        </Line>
      </div>
    </Card>
  )
}

/** An event keeps the tests it has. */
function specOf(known: EventSpec[], event: string): EventSpec {
  return known.find((each) => each.event === event) ?? { event }
}

/** Without what is empty. */
function written(definition: Definition): Definition {
  return Object.fromEntries(
    Object.entries(definition).filter(([key, value]) => value !== null && !(key === 'about' && value === '')),
  ) as unknown as Definition
}

function TriggerInput({ trigger, onChange }: { trigger: Trigger; onChange: (trigger: Trigger) => void }) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  const format = useFormat()
  const catalogue = useCatalogue()
  const way = wayOf(trigger)
  const schedule = trigger.schedule ?? { at: '10:00' }
  const audience = (
    <Pick
      label={t('audience')}
      width={220}
      value={trigger.audience ?? ''}
      onChange={(key) => onChange({ ...trigger, audience: key })}
      options={(catalogue.data?.audiences ?? []).map((each) => ({ key: each.key, label: format.named(each) }))}
    />
  )
  return (
    <>
      <Pick
        label={t('trigger')}
        width={130}
        value={way}
        onChange={(next) => onChange(beginning(next as Way))}
        options={WAYS.map((each) => ({ key: each, label: t(`triggers.${each}`) }))}
      />
      {way === 'event' && (
        <EventInput
          label={t('event')}
          value={{ event: trigger.event ?? '', ...(trigger.where ? { where: trigger.where } : {}) }}
          onChange={(event) => {
            if (event) onChange({ ...without(trigger, 'where'), ...event })
          }}
        />
      )}
      {way === 'audience' && audience}
      {way === 'schedule' && (
        <>
          {audience}
          <TimeInput label={t('at')} value={schedule.at} onChange={(at) => onChange({ ...trigger, schedule: { ...schedule, at } })} />
          <Select
            mode="multiple"
            size="small"
            aria-label={t('weekdays')}
            placeholder={t('weekdays')}
            style={{ minWidth: 180 }}
            disabled={schedule.monthday != null}
            value={schedule.weekdays ?? []}
            onChange={(weekdays) => onChange({ ...trigger, schedule: { at: schedule.at, ...(weekdays.length > 0 ? { weekdays } : {}) } })}
            options={([1, 2, 3, 4, 5, 6, 7] as const).map((day) => ({ value: day, label: say(`weekday.w${day}`) }))}
          />
          <InputNumber
            size="small"
            aria-label={t('monthday')}
            placeholder={t('monthday')}
            style={{ width: 180 }}
            min={1}
            max={28}
            precision={0}
            value={schedule.monthday ?? null}
            onChange={(monthday) => onChange({ ...trigger, schedule: { at: schedule.at, ...(monthday === null ? {} : { monthday }) } })}
          />
        </>
      )}
    </>
  )
}
