import { Button, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { Card } from '../../../shared/Card'
import type { Definition, Step, StepKind } from '../definition'
import { kindOf, waysOf } from '../kinds'
import { useNames } from '../names'
import { sayStep } from '../words'
import { AttributeForm } from './AttributeForm'
import { BranchForm } from './BranchForm'
import { connect, remove, update, without } from './editing'
import { Line, TargetPick } from './inputs'
import { MessageForm } from './MessageForm'
import { SplitForm } from './SplitForm'
import { ExitForm, GoalForm, TagForm, TaskForm } from './smallForms'
import { WaitForm } from './WaitForm'

export interface StepFormProps {
  definition: Definition
  step: Step
  /** mark: the field being typed in, so that its letters are one change. */
  onChange: (definition: Definition, mark?: string) => void
}

const FORMS: Record<StepKind, (props: StepFormProps) => React.JSX.Element> = {
  message: MessageForm,
  wait: WaitForm,
  branch: BranchForm,
  split: SplitForm,
  random: SplitForm,
  tag: TagForm,
  attribute: AttributeForm,
  task: TaskForm,
  goal: GoalForm,
  exit: ExitForm,
}
/** One step, to be filled in: its name, what its kind asks, and where it leads. */
export function StepForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  const names = useNames()
  const kind = kindOf(step)
  const Form = FORMS[kind.key]
  const at = definition.steps.indexOf(step)
  const ways = waysOf(definition, at)
  return (
    <Card
      title={say(`kind.${kind.key}`)}
      why={step.id}
      acts={
        <Button size="small" danger onClick={() => onChange(remove(definition, step.id))}>
          {t('remove')}
        </Button>
      }
    >
      <div className="stack">
        {!kind.nameless && (
          <Line label={t('title')}>
            <Input
              value={step.title ?? ''}
              aria-label={t('title')}
              placeholder={kind.key === 'message' ? t('titleExample') : sayStep({ ...step, title: '' }, say, names).title}
              onChange={(event) => onChange(update(definition, titled(step, event.target.value)), `${step.id}.title`)}
            />
          </Line>
        )}
        <Form definition={definition} step={step} onChange={onChange} />
        {kind.next && (
          <Line label={t(kind.key === 'branch' ? 'otherwise' : 'next')}>
            <TargetPick
              label={t(kind.key === 'branch' ? 'otherwise' : 'next')}
              definition={definition}
              self={step.id}
              value={ways.at(-1)?.to ?? null}
              onChange={(to) => to !== null && onChange(connect(definition, { from: step.id, nth: ways.length - 1 }, to))}
            />
          </Line>
        )}
      </div>
    </Card>
  )
}

function titled(step: Step, title: string): Step {
  return title === '' ? without(step, 'title') : { ...step, title }
}
