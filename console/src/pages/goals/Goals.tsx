import { Button, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { MetricTree } from '../../shared/MetricTree'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { useStaffNames } from '../../shared/staff'
import { Levers } from './Levers'
import { Tasks } from './Tasks'

const GoalForm = later(async () => (await import('./GoalForm')).GoalForm)

export type Goal = components['schemas']['GoalOut']

/** Are we on course, what does the rest take, and who does what until when. */
export default function Goals() {
  const { t } = useTranslation('goals')
  const goals = api.useQuery('get', '/api/goals/')
  const mayWrite = useMayWrite()
  const [form, setForm] = useState<'new' | Goal | null>(null)
  const [address, set] = useAddress({ goal: '' })
  return (
    <div className="body">
      <Loaded query={goals}>
        {({ items }) => {
          const goal = items.find(({ key }) => key === address.goal) ?? items[0]
          if (!goal)
            return (
              <Empty
                title={t('none')}
                text={t('noneText')}
                act={mayWrite && <Button type="primary" onClick={() => setForm('new')}>{t('new')}</Button>}
              />
            )
          return (
            <GoalView
              goal={goal}
              goals={items}
              onChoose={(key) => set({ goal: key })}
              onNew={() => setForm('new')}
              onEdit={() => setForm(goal)}
            />
          )
        }}
      </Loaded>
      {form && (
        <GoalForm
          goal={form === 'new' ? null : form}
          onClose={() => setForm(null)}
          onSaved={(key) => {
            setForm(null)
            set({ goal: key })
          }}
        />
      )}
    </div>
  )
}

function GoalView({
  goal,
  goals,
  onChoose,
  onNew,
  onEdit,
}: {
  goal: Goal
  goals: Goal[]
  onChoose: (key: string) => void
  onNew: () => void
  onEdit: () => void
}) {
  const { t } = useTranslation('goals')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const nameOf = useStaffNames()
  const gap = goal.target_minor - goal.requirement.forecast_minor
  const archive = useAct(() => http.DELETE('/api/goals/{key}', { params: { path: { key: goal.key } } }), {
    done: t('archived'),
    stale: ['/api/goals'],
  })
  return (
    <>
      <Sentence
        title={
          <>
            {t('title', { name: goal.name, share: format.rate(goal.attainment) })}
            {goal.state === 'running' &&
              (gap > 0 ? (
                <>
                  {t('short')}
                  <em>{format.money(gap)}</em>
                </>
              ) : (
                <strong>{t('reach')}</strong>
              ))}
          </>
        }
        sub={t('sub', {
          from: format.day(goal.start),
          to: format.day(goal.end),
          target: format.money(goal.target_minor),
          owner: nameOf(goal.owner),
          at: format.moment(goal.as_of),
        })}
        acts={
          <>
            {goals.length > 1 && (
              <Select
                aria-label={t('choose')}
                value={goal.key}
                onChange={onChoose}
                options={goals.map(({ key, name }) => ({ value: key, label: name }))}
              />
            )}
            {mayWrite && (
              <>
                <Button onClick={() => archive.mutate(undefined)}>{t('archive')}</Button>
                <Button onClick={onEdit}>{t('edit')}</Button>
                <Button type="primary" onClick={onNew}>
                  {t('new')}
                </Button>
              </>
            )}
          </>
        }
      />
      <Card className={goal.requirement.state === 'out_of_reach' ? 'alarm' : 'calm'}>
        <p style={{ fontSize: 15 }}>{format.language === 'en' ? goal.requirement.en : goal.requirement.zh}</p>
      </Card>
      <Card title={t('tree')} why={t('treeWhy')}>
        <MetricTree
          metrics={goal.tree.map((node) => ({
            key: node.key,
            parent: node.parent,
            label: format.language === 'en' ? node.en : node.zh,
            unit: node.unit,
            value: node.actual.value,
            previous: node.previous.value,
            of: node.actual,
            target: node.target,
            shouldBe: node.should_be,
          }))}
          hot={weakest(goal)}
        />
      </Card>
      <Levers goal={goal} />
      <Tasks goal={goal} />
    </>
  )
}

/** The leaf furthest below where it should be, by share: where to look first. */
function weakest(goal: Goal): string | null {
  const parents = new Set(goal.tree.map(({ parent }) => parent))
  const behind = goal.tree
    .filter(({ key }) => !parents.has(key))
    .map((node) => ({ key: node.key, share: (node.actual.value ?? 0) / (node.should_be ?? node.target ?? 1) }))
    .filter(({ share }) => share < 1)
    .sort((a, b) => a.share - b.share)
  return behind[0]?.key ?? null
}
