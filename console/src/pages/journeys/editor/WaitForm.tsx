import { InputNumber, Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Wait } from '../definition'
import { update, without } from './editing'
import { EventInput, Line, NumberInput, SpanInput, TimeInput } from './inputs'
import type { StepFormProps } from './StepForm'

type WaitKind = 'for' | 'until' | 'between' | 'life'
const BEGINNINGS: Record<WaitKind, Wait> = {
  for: { for: '1d' },
  until: { until: '20:00' },
  between: { between: ['10:00', '20:00'] },
  life: { life: 0.8, default: '30d' },
}

function kindOf(wait: Wait): WaitKind {
  return (['between', 'until', 'life'] as const).find((kind) => wait[kind] != null) ?? 'for'
}

/** How long people stay here, and what ends it early. */
export function WaitForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const wait = step.wait ?? BEGINNINGS.for
  const kind = kindOf(wait)
  const put = (next: Wait) => onChange(update(definition, { ...step, wait: next }))
  const early = wait.or_event ? { or_event: wait.or_event } : {}
  return (
    <>
      <Line label={t('wait')}>
        <Segmented
          size="small"
          value={kind}
          onChange={(next) => put({ ...BEGINNINGS[next], ...early })}
          options={(['for', 'until', 'between', 'life'] as const).map((each) => ({ value: each, label: t(`waits.${each}`) }))}
        />
      </Line>
      {kind === 'for' && (
        <Line label={t('waitFor')}>
          <SpanInput label={t('waitFor')} value={wait.for} onChange={(span) => span && put({ ...wait, for: span })} />
        </Line>
      )}
      {kind === 'until' && (
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
              onChange={(day) => put(day === null ? { until: wait.until, ...early } : { ...wait, day })}
            />
          </Line>
        </>
      )}
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
      {kind === 'life' && (
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
      )}
      <Line label={t('orEvent')}>
        <EventInput
          label={t('orEvent')}
          none={t('none')}
          value={wait.or_event ?? null}
          onChange={(event) => put(event ? { ...wait, or_event: event } : without(wait, 'or_event'))}
        />
      </Line>
    </>
  )
}
