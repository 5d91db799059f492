import { Drawer, Form, Input, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useHouse, useSession } from '../../api/session'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { minorPerMajor } from '../../shared/numbers'
import { Submit } from '../../shared/Submit'
import { StaffSelect } from '../../shared/staff'
import type { Goal } from './Goals'

interface Fields {
  name: string
  start: string
  end: string
  target: number
  owner: string
}

/** Set a goal or change it. The levels of its factors are proposed from the period before. */
export function GoalForm({
  goal,
  onClose,
  onSaved,
}: {
  goal: Goal | null
  onClose: () => void
  onSaved: (key: string) => void
}) {
  const { t } = useTranslation('goals')
  const { currency, now } = useHouse()
  const session = useSession()
  const month = useFormat().day(now).slice(0, 7)
  const save = useAct(
    async ({ target, ...fields }: Fields) => {
      const key = goal?.key ?? `gmv-${fields.start}`
      const body = { ...fields, key, target_minor: Math.round(target * minorPerMajor(currency)) }
      if (goal) await http.PUT('/api/goals/{key}', { params: { path: { key } }, body })
      else await http.POST('/api/goals/', { body })
      return key
    },
    { done: t('saved'), stale: ['/api/goals'], then: onSaved, quiet: true },
  )
  return (
    <Drawer open onClose={onClose} title={t(goal ? 'edit' : 'new')} size={420}>
      <Form<Fields>
        layout="vertical"
        onFinish={(fields) => save.mutate(fields)}
        initialValues={
          goal
            ? { ...goal, target: goal.target_minor / minorPerMajor(currency) }
            : { start: `${month}-01`, end: lastDayOf(month), owner: session.staff ?? undefined }
        }
      >
        <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input placeholder={t('nameExample')} />
        </Form.Item>
        <Form.Item name="target" label={t('target')} extra={t('targetWhy')} rules={[{ required: true, message: t('targetNeeded') }]}>
          <InputNumber min={1} prefix={currency} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="start" label={t('start')} rules={[{ required: true }]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="end" label={t('end')} rules={[{ required: true }]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="owner" label={t('owner')} rules={[{ required: true, message: t('ownerNeeded') }]}>
          <StaffSelect label={t('owner')} />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Drawer>
  )
}

function lastDayOf(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)
}
