import { Button, Input, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { ConditionFilter } from '../../../conditions/ConditionFilter'
import { Pick } from '../../../conditions/inputs'
import { Card } from '../../../shared/Card'
import { wayOf, waysInto, type Definition, type EventSpec, type Subject, type Trigger, type TriggerKind } from '../definition'
import { LimitsInput } from '../LimitsInput'
import { AudiencePick, type FormProps } from '../triggers/common'
import { DateForm } from '../triggers/date'
import { LayerForm } from '../triggers/layer'
import { LeftForm } from '../triggers/left'
import { ScheduleForm } from '../triggers/schedule'
import { StaffForm } from '../triggers/staff'
import { TagForm } from '../triggers/tag'
import { without } from './editing'
import { EventInput, Line, NumberInput, SpanInput } from './inputs'
import { EventsPick } from './smallForms'

interface Props {
  definition: Definition
  onChange: (definition: Definition, mark?: string) => void
}

function beginning(way: TriggerKind): Trigger {
  switch (way) {
    case 'event':
      return { event: 'friend_added' }
    case 'audience':
      return { audience: '' }
    case 'left':
      return { left: '' }
    case 'layer':
      return { layer: '' }
    case 'tag':
      return { tag: '' }
    case 'date':
      return { date: '', repeats: 'yearly' }
    case 'schedule':
      return { schedule: { at: '10:00' }, audience: '' }
    case 'staff':
      return { staff: {}, schedule: { at: '09:00', only: 'workdays' } }
    case 'manual':
      return { manual: true }
    case 'api':
      return { api: true }
  }
}

/** What holds for the whole journey: its name, who enters and how often, what counts as success, who is left alone. */
export function StartForm({ definition, onChange }: Props) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  const subject = definition.subject ?? 'customer'
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
            <TriggerInput subject={subject} trigger={trigger} onChange={(next) => setTrigger(at, next)} />
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
          <Button size="small" onClick={() => put({ triggers: [...definition.triggers, beginning(subject === 'staff' ? 'staff' : 'manual')] })}>
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
        {subject === 'customer' && <CustomerRules definition={definition} put={put} />}
      </div>
    </Card>
  )
}

interface RulesProps {
  definition: Definition
  put: (part: Partial<Definition>, mark?: string) => void
}

/** What only a customer's journey has: the time between entries, what counts as success, who is left alone. */
function CustomerRules({ definition, put }: RulesProps) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  return (
    <>
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
      <Line label={t('group')} why={t('groupWhy')}>
        <Input
          size="small"
          aria-label={t('group')}
          style={{ width: 180 }}
          maxLength={60}
          value={definition.group ?? ''}
          onChange={(event) => put({ group: event.target.value === '' ? null : event.target.value }, 'group')}
        />
      </Line>
      <Line label={t('limits')} why={t('limitsWhy')}>
        <LimitsInput value={definition.limits ?? {}} onChange={(limits) => put({ limits })} />
      </Line>
    </>
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

function TriggerInput({ subject, trigger, onChange }: FormProps & { subject: Subject }) {
  const { t } = useTranslation('journeyEditor')
  const way = wayOf(trigger)
  return (
    <>
      <Pick
        label={t('trigger')}
        width={130}
        value={way}
        onChange={(next) => onChange(beginning(next as TriggerKind))}
        options={waysInto(subject).map((each) => ({ key: each, label: t(`triggers.${each}`) }))}
      />
      <WayForm way={way} trigger={trigger} onChange={onChange} />
    </>
  )
}

function WayForm({ way, trigger, onChange }: FormProps & { way: TriggerKind }) {
  const { t } = useTranslation('journeyEditor')
  switch (way) {
    case 'event':
      return (
        <EventInput
          label={t('event')}
          value={{ event: trigger.event ?? '', ...(trigger.where ? { where: trigger.where } : {}) }}
          onChange={(event) => {
            if (event) onChange({ ...without(trigger, 'where'), ...event })
          }}
        />
      )
    case 'audience':
      return (
        <AudiencePick
          label={t('audience')}
          value={trigger.audience ?? ''}
          onChange={(audience) => onChange({ ...trigger, audience })}
        />
      )
    case 'left':
      return <LeftForm trigger={trigger} onChange={onChange} />
    case 'layer':
      return <LayerForm trigger={trigger} onChange={onChange} />
    case 'tag':
      return <TagForm trigger={trigger} onChange={onChange} />
    case 'date':
      return <DateForm trigger={trigger} onChange={onChange} />
    case 'schedule':
      return <ScheduleForm trigger={trigger} onChange={onChange} />
    case 'staff':
      return <StaffForm trigger={trigger} onChange={onChange} />
    case 'manual':
    case 'api':
      return null
  }
}
