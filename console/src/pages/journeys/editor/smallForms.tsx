import { Checkbox, Input, Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { Pick } from '../../../conditions/inputs'
import { useCatalogue } from '../../../conditions/useCatalogue'
import { api } from '../../../api/client'
import { useFormat } from '../../../shared/format'
import type { Task } from '../definition'
import { update } from './editing'
import { Line, SpanInput, TargetPick } from './inputs'
import type { StepFormProps } from './StepForm'

/** Give a tag that is given by hand, or take it. */
export function TagForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const tags = api.useQuery('get', '/api/insight/tags')
  const catalogue = useCatalogue()
  const tag = step.tag ?? { add: '' }
  const isAdding = tag.add !== undefined
  const key = tag.add ?? tag.remove ?? ''
  const options = catalogue.data?.tags.find((each) => each.key === key)?.options ?? []
  const put = (next: typeof tag) => onChange(update(definition, { ...step, tag: next }))
  return (
    <>
      <Line label={t('tagHow')}>
        <Segmented
          size="small"
          value={isAdding ? 'add' : 'remove'}
          onChange={(how) => put({ [how]: key })}
          options={(['add', 'remove'] as const).map((each) => ({ value: each, label: t(`tagHows.${each}`) }))}
        />
      </Line>
      <Line label={t('tag')}>
        <Pick
          label={t('tag')}
          width={240}
          value={key}
          onChange={(next) => put({ [isAdding ? 'add' : 'remove']: next })}
          options={(tags.data?.items ?? [])
            .filter(({ source }) => source === 'manual')
            .map((each) => ({ key: each.key, label: format.named(each) }))}
        />
        {isAdding && options.length > 0 && (
          <Pick
            label={t('tagValue')}
            width={160}
            value={tag.value ?? ''}
            onChange={(value) => put({ add: key, value })}
            options={options.map((each) => ({ key: each.key, label: format.named(each) }))}
          />
        )}
      </Line>
    </>
  )
}

/** Something for staff to do, and what follows when it is done or not. */
export function TaskForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const task = step.task ?? { title: '' }
  const put = (part: Partial<Task>, mark?: string) => {
    const next = Object.fromEntries(Object.entries({ ...task, ...part }).filter(([, value]) => value != null && value !== false))
    onChange(update(definition, { ...step, task: { title: '', ...next } }), mark)
  }
  return (
    <>
      <Line label={t('task')}>
        <Input
          value={task.title}
          aria-label={t('task')}
          placeholder={t('taskExample')}
          maxLength={120}
          onChange={(event) => put({ title: event.target.value }, `${step.id}.task`)}
        />
      </Line>
      <Line label={t('taskText')}>
        <Input.TextArea
          value={task.text ?? ''}
          aria-label={t('taskText')}
          autoSize={{ minRows: 2, maxRows: 8 }}
          onChange={(event) => put({ text: event.target.value || undefined }, `${step.id}.how`)}
        />
      </Line>
      <Line label={t('within')}>
        <SpanInput label={t('within')} value={task.within ?? '1d'} onChange={(within) => within && put({ within })} />
      </Line>
      <Checkbox
        checked={task.wait === true}
        onChange={(event) =>
          put(event.target.checked ? { wait: true } : { wait: undefined, done: undefined, not_done: undefined, rejected: undefined })
        }
      >
        {t('taskWait')}
      </Checkbox>
      {task.wait === true &&
        ([['done', 'taskDone'], ['not_done', 'taskNotDone'], ['rejected', 'taskRejected']] as const).map(([outcome, label]) => (
          <Line key={outcome} label={t(label)}>
            <TargetPick
              label={t(label)}
              definition={definition}
              self={step.id}
              none={t('asNext')}
              value={task[outcome] ?? null}
              onChange={(to) => put({ [outcome]: to ?? undefined })}
            />
          </Line>
        ))}
    </>
  )
}

/** What reaching this step means; there is nothing to fill in. */
export function GoalForm() {
  const { t } = useTranslation('journeyEditor')
  return <p className="sub">{t('goalWhy')}</p>
}

/** Why the journey ends here. */
export function ExitForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  return (
    <Line label={t('reason')}>
      <Input
        value={step.exit?.reason ?? ''}
        aria-label={t('reason')}
        placeholder="done"
        onChange={(event) =>
          onChange(
            update(definition, { ...step, exit: event.target.value === '' ? {} : { reason: event.target.value } }),
            `${step.id}.reason`,
          )
        }
      />
    </Line>
  )
}

/** Several events by name. */
export function EventsPick({ label, value, onChange }: { label: string; value: string[]; onChange: (events: string[]) => void }) {
  const format = useFormat()
  const catalogue = useCatalogue()
  return (
    <Select
      mode="multiple"
      size="small"
      aria-label={label}
      value={value}
      onChange={onChange}
      style={{ minWidth: 260 }}
      showSearch={{ optionFilterProp: 'label' }}
      options={(catalogue.data?.events ?? []).map((each) => ({ value: each.key, label: format.named(each) }))}
    />
  )
}
