import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Input, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../shared/format'
import type { Catalogue } from './catalogue'
import { WhichEvent } from './EventControls'
import { Pick, WindowPick } from './inputs'
import { without } from './leaves'
import { eventOf, isSilence, stepOf, stepsOf, writtenStep, type Step } from './sequence'
import type { Condition, Json } from './tree'

interface Props {
  body: Condition
  catalogue: Catalogue
  onChange: (body: Condition) => void
}

/** Steps one after the other; the last may be that something did not follow. */
export function SequenceControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const steps = stepsOf(body)
  const set = (next: Json[]) => onChange({ ...body, sequence: next })
  const add = () => set([...steps, catalogue.events[0]?.key ?? 'order_paid'])
  return (
    <>
      <WindowPick
        value={body.within ?? null}
        onChange={(within) => onChange(within === null ? without(body, 'within') : { ...body, within })}
      />
      {steps.map((written, at) => (
        <div key={at} className="sequence-step" role="group" aria-label={t('step.name', { n: at + 1 })}>
          <span className="sub">{t(at === 0 ? 'step.first' : 'step.then')}</span>
          <StepControls
            step={stepOf(written)}
            first={at === 0}
            last={at === steps.length - 1}
            catalogue={catalogue}
            onChange={(step) => set(steps.with(at, writtenStep(step)))}
          />
          {steps.length > 2 && (
            <Button
              size="small"
              type="text"
              icon={<CloseOutlined aria-hidden />}
              aria-label={t('step.remove')}
              onClick={() => set(steps.toSpliced(at, 1).map((each, n) => (n === 0 ? eventOf(each) : each)))}
            />
          )}
        </div>
      ))}
      {steps.length < 8 && !isSilence(steps.at(-1)) && (
        <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden />} onClick={add}>
          {t('step.add')}
        </Button>
      )}
    </>
  )
}

function StepControls({
  step,
  first,
  last,
  catalogue,
  onChange,
}: {
  step: Step
  first: boolean
  last: boolean
  catalogue: Catalogue
  onChange: (step: Step) => void
}) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const events = catalogue.events.map((each) => ({ key: each.key, label: format.named(each) }))
  const [lacking] = step.without
  return (
    <>
      {!first && (
        <Input
          size="small"
          style={{ width: 70 }}
          aria-label={t('step.within')}
          placeholder="3d / 48h"
          value={step.within ?? ''}
          onChange={(event) => onChange({ ...step, within: event.target.value || null })}
        />
      )}
      {last && !first && (
        <Switch
          size="small"
          aria-label={t('step.none')}
          checkedChildren={t('step.not')}
          unCheckedChildren={t('step.happens')}
          checked={step.none}
          onChange={(none) => onChange({ ...step, none, without: [], within: none ? (step.within ?? '3d') : step.within })}
        />
      )}
      <WhichEvent
        body={step.event}
        catalogue={catalogue}
        onChange={(event) => onChange({ ...step, event })}
        onPick={(key) => onChange({ ...step, event: { event: key } })}
      />
      {!first && !step.none && (
        <Pick
          label={t('step.without')}
          value={typeof lacking === 'string' ? lacking : ''}
          onChange={(key) => onChange({ ...step, without: key === '' ? [] : [key] })}
          options={[{ key: '', label: t('step.whatever') }, ...events.map((each) => ({ ...each, label: t('step.lacking', { event: each.label }) }))]}
        />
      )}
    </>
  )
}
