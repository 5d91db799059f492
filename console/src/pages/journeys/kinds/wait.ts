import type { Wait } from '../definition'
import type { Names } from '../names'
import { saySpan, sayWeekdays, type T } from '../words'
import { EVERYBODY, plain, type Kind } from './kind'

export const wait: Kind = {
  ...plain,
  key: 'wait',
  subjects: EVERYBODY,
  blank: () => ({ wait: { for: '1d' } }),
  ways: ({ wait: of }) => (of?.early ? [{ to: of.early, label: 'event' }] : []),
  lead: (step, _nth, to) => ({ ...step, wait: { ...step.wait, early: to } }),
  said: ({ wait: of, title = '' }, t, names) => ({ aside: title, title: of ? sayWait(of, t, names) : '' }),
}

type Naming = Pick<Names, 'event' | 'attr'>

export function sayWait(of: Wait, t: T, names: Naming): string {
  const own = of.zone === 'customer' ? t('wait.ownClock', { until: sayUntil(of, t, names) }) : sayUntil(of, t, names)
  const until = of.weekdays?.length ? t('wait.weekdays', { until: own, days: sayWeekdays(of.weekdays, t) }) : own
  return of.or_event ? t('wait.orEvent', { until, event: names.event(of.or_event.event) }) : until
}

function sayUntil(of: Wait, t: T, names: Naming): string {
  if (of.for) return t('wait.for', { span: saySpan(of.for, t) })
  if (of.between) return t('wait.between', { from: of.between[0], to: of.between[1] })
  if (of.until) return of.day != null ? t('wait.untilDay', { day: of.day, at: of.until }) : t('wait.until', { at: of.until })
  if (of.best) return t('wait.best', { span: saySpan(of.best, t) })
  if (of.date) {
    const { attr, days = 0, at = '09:00', yearly } = of.date
    const about = t(yearly ? 'wait.yearly' : 'wait.own', { attr: names.attr(attr) })
    const side = days === 0 ? 'wait.on' : days < 0 ? 'wait.before' : 'wait.after'
    const when = t(side, { about, n: Math.abs(days) })
    return t('wait.date', { when, at })
  }
  return t('wait.life', { share: Math.round((of.life ?? 0) * 100), span: saySpan(of.default ?? '', t) })
}
