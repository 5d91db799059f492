import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Progress } from '../../shared/MetricTree'
import { Skeleton } from '../../shared/PageState'
import { useStaffNames } from '../../shared/staff'
import { leaksOf, type Leak } from './leaks'
import type { Overview } from './Overview'

const SHOWN_TASKS = 3

/** The three questions of the morning side by side: what needs me, are we on course, where is the leak. */
export function Morning({ data }: { data: Overview }) {
  return (
    <div className="morning">
      <Today data={data} />
      <Course data={data} />
      <Leaks data={data} />
    </div>
  )
}

interface Need {
  to: string
  text: string
  aside: string
  tone: '' | 'bad' | 'warn'
}

function Today({ data }: { data: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const nameOf = useStaffNames()
  const count = (due: 'today' | 'overdue') => ({ params: { query: { state: 'open', due, size: 1 } } })
  const today = api.useQuery('get', '/api/touch/tasks', count('today'))
  const late = api.useQuery('get', '/api/touch/tasks', count('overdue'))
  const journeys = api.useQuery('get', '/api/journeys')
  if (!today.data || !late.data || !journeys.data) return <Card title={t('today')}><Skeleton rows={3} /></Card>
  const day = format.day(data.as_of)
  const due = data.goals
    .flatMap((goal) => goal.tasks.map((task) => ({ ...task, goal: goal.key })))
    .filter((task) => task.state === 'late' || (task.state === 'open' && task.due <= day))
  const drafts = journeys.data.items.filter(({ has_draft: hasDraft }) => hasDraft)
  const needs: Need[] = [
    ...(journeys.data.all_stopped ? [{ to: '/journeys', text: t('need.stopped'), aside: '', tone: 'bad' as const }] : []),
    ...(late.data.total > 0
      ? [{ to: '/tasks?view=overdue', text: t('need.late', { n: format.count(late.data.total) }), aside: '', tone: 'bad' as const }]
      : []),
    ...(today.data.total > 0
      ? [{ to: '/tasks', text: t('need.tasks', { n: format.count(today.data.total) }), aside: '', tone: '' as const }]
      : []),
    ...due.slice(0, SHOWN_TASKS).map((task) => ({
      to: `/goals?goal=${task.goal}`,
      text: task.title,
      aside: `${nameOf(task.owner)} · ${t(task.state === 'late' ? 'need.since' : 'need.until', { day: task.due.slice(5) })}`,
      tone: task.state === 'late' ? ('bad' as const) : ('' as const),
    })),
    ...drafts.map((journey) => ({
      to: `/journeys/${journey.key}?show=draft`,
      text: t('need.draft', { name: format.named({ name_zh: journey.name, name_en: journey.name_en }) }),
      aside: '',
      tone: 'warn' as const,
    })),
  ]
  const more = due.length - SHOWN_TASKS
  return (
    <Card title={t(needs.length === 0 ? 'todayNone' : 'today', { n: needs.length + Math.max(0, more) })} why={t('todayWhy')}>
      <ul className="needs">
        {needs.map((need) => (
          <li key={need.to + need.text}>
            <Link to={need.to}>{need.text}</Link>
            {need.aside !== '' && <span className={`small ${need.tone || 'mute'}`}>{need.aside}</span>}
          </li>
        ))}
        {more > 0 && (
          <li>
            <Link to="/goals">{t('need.more', { n: more })}</Link>
          </li>
        )}
      </ul>
    </Card>
  )
}

function Course({ data }: { data: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const goal = data.goals[0]
  if (!goal)
    return (
      <Card title={t('course')} why={t('courseNone')}>
        {mayWrite && <Link to="/goals">{t('setGoal')}</Link>}
      </Card>
    )
  return (
    <Card
      title={t('courseOf', { actual: format.money(goal.actual_minor), target: format.money(goal.target_minor) })}
      why={t('courseWhy', { shouldBe: format.money(goal.should_be_minor), n: format.count(Math.ceil(goal.requirement.days_left)) })}
      acts={<Link to={`/goals?goal=${goal.key}`}>{t('feasible')}</Link>}
    >
      <Progress value={goal.actual_minor} target={goal.target_minor} mark={goal.should_be_minor} />
      <p style={{ marginTop: 8 }}>
        {t('forecast')} <b>{format.money(goal.requirement.forecast_minor)}</b>
        {goal.requirement.forecast_minor < goal.target_minor && (
          <span className="bad"> {t('forecastShort', { gap: format.money(goal.target_minor - goal.requirement.forecast_minor) })}</span>
        )}
      </p>
      <p className="sub">{format.language === 'en' ? goal.requirement.en : goal.requirement.zh}</p>
    </Card>
  )
}

function Leaks({ data }: { data: Overview }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const leaks = leaksOf(data)
  return (
    <Card title={t(leaks.length === 0 ? 'leaksNone' : 'leaks', { n: leaks.length })} why={t('leaksWhy')}>
      <ul className="needs">
        {leaks.map((leak) => (
          <li key={leak.code === 'sop' ? leak.journey : leak.code}>
            <LeakText leak={leak} />
            <b className="bad nowrap">−{format.money(leak.minor)}</b>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function LeakText({ leak }: { leak: Leak }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  if (leak.code === 'sop')
    return (
      <Link to={`/journeys/${leak.journey}?tab=results`}>
        {t('leak.sop', { name: format.language === 'en' ? leak.en : leak.zh })}
      </Link>
    )
  const say = leak.code === 'aov' ? format.money : format.rate
  const change = leak.code === 'aov' ? format.change : format.points
  return (
    <span>
      {t(`leak.${leak.code}`, { now: say(leak.now), before: say(leak.before) })}{' '}
      <span className="small bad">{change(leak.now, leak.before)}</span>
    </span>
  )
}
