import { CloseOutlined } from '@ant-design/icons'
import { Button, Checkbox, Form, Input, Popconfirm, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { asProblem } from '../../shared/PageState'
import { StaffSelect, useStaffNames } from '../../shared/staff'
import type { Goal } from './Goals'

type NewTask = components['schemas']['GoalTaskIn']
const TONES = { open: 'plain', late: 'bad', done: 'good' } as const

/** Who does what for which factor, until when. */
export function Tasks({ goal }: { goal: Goal }) {
  const { t } = useTranslation('goals')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const nameOf = useStaffNames()
  const path = (id: number) => ({ params: { path: { key: goal.key, task_id: id } } })
  const settle = useAct(
    ({ id, done }: { id: number; done: boolean }) =>
      http.PATCH('/api/goals/{key}/tasks/{task_id}', { ...path(id), body: { done } }),
    { stale: ['/api/goals'] },
  )
  const remove = useAct((id: number) => http.DELETE('/api/goals/{key}/tasks/{task_id}', path(id)), {
    done: t('taskRemoved'),
    stale: ['/api/goals'],
  })
  const label = (key: string) => {
    const node = goal.tree.find((each) => each.key === key)
    return node ? (format.language === 'en' ? node.en : node.zh) : key
  }
  const done = goal.tasks.filter(({ state }) => state === 'done').length
  return (
    <Card
      title={goal.tasks.length === 0 ? t('tasksNone') : t('tasks', { done, all: goal.tasks.length })}
      why={t('tasksWhy')}
    >
      {goal.tasks.length > 0 && (
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th />
                <th>{t('task')}</th>
                <th>{t('factor')}</th>
                <th>{t('owner')}</th>
                <th>{t('due')}</th>
                <th>{t('state')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {goal.tasks.map((task) => (
                <tr key={task.id}>
                  <td>
                    <Checkbox
                      checked={task.state === 'done'}
                      disabled={!mayWrite}
                      aria-label={t('markDone', { task: task.title })}
                      onChange={(event) => settle.mutate({ id: task.id, done: event.target.checked })}
                    />
                  </td>
                  <td>{task.title}</td>
                  <td>{label(task.node)}</td>
                  <td>{nameOf(task.owner)}</td>
                  <td className="nowrap">{format.day(task.due)}</td>
                  <td>
                    <Chip tone={TONES[task.state]}>{t(`taskState.${task.state}`)}</Chip>
                  </td>
                  <td>
                    {mayWrite && (
                      <Popconfirm title={t('removeAsk')} onConfirm={() => remove.mutate(task.id)}>
                        <Button
                          size="small"
                          type="text"
                          icon={<CloseOutlined aria-hidden />}
                          aria-label={t('removeTask', { task: task.title })}
                        />
                      </Popconfirm>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {mayWrite && <AddTask goal={goal} label={label} />}
    </Card>
  )
}

function AddTask({ goal, label }: { goal: Goal; label: (key: string) => string }) {
  const { t } = useTranslation('goals')
  const [form] = Form.useForm<NewTask>()
  const add = useAct(
    (body: NewTask) => http.POST('/api/goals/{key}/tasks', { params: { path: { key: goal.key } }, body }),
    { done: t('taskAdded'), stale: ['/api/goals'], then: () => form.resetFields(), quiet: true },
  )
  return (
    <Form<NewTask>
      form={form}
      layout="inline"
      style={{ marginTop: 12, rowGap: 8 }}
      initialValues={{ node: goal.tree.at(-1)?.key, due: goal.end }}
      onFinish={(body) => add.mutate(body)}
    >
      <Form.Item name="title" rules={[{ required: true, message: t('taskNeeded') }]}>
        <Input placeholder={t('taskExample')} aria-label={t('task')} style={{ width: 280 }} />
      </Form.Item>
      <Form.Item name="node">
        <Select
          aria-label={t('factor')}
          style={{ width: 150 }}
          options={goal.tree.map(({ key }) => ({ value: key, label: label(key) }))}
        />
      </Form.Item>
      <Form.Item name="owner" rules={[{ required: true, message: t('ownerNeeded') }]}>
        <StaffSelect label={t('owner')} width={160} />
      </Form.Item>
      <Form.Item name="due">
        <Input type="date" aria-label={t('due')} />
      </Form.Item>
      <Button htmlType="submit" loading={add.isPending}>
        {t('addTask')}
      </Button>
      {add.error && <span className="bad small">{asProblem(add.error).message}</span>}
    </Form>
  )
}
