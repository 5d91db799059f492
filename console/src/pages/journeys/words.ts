import type { TFunction } from 'i18next'
import type { Step, Trigger } from './definition'
import { kindOf } from './kinds'
import type { Said } from './kinds/kind'
import type { Names } from './names'

export type T = TFunction<'journeys'>

/** "3d", "1d12h", "90m" as a person says it. */
export function saySpan(span: string, t: T): string {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?$/.exec(span)
  if (!parts) return span
  const [, days, hours, minutes] = parts
  return [
    days && t('span.days', { n: days }),
    hours && t('span.hours', { n: hours }),
    minutes && t('span.minutes', { n: minutes }),
  ]
    .filter(Boolean)
    .join(' ')
}

/** Days of the week, 1 is Monday. */
export function sayWeekdays(days: readonly number[], t: T): string {
  return days.map((day) => t(`weekday.w${day as 1}`)).join(' ')
}

export function sayTrigger(trigger: Trigger, t: T, eventName: (key: string) => string, audienceName: (key: string) => string): string {
  if (trigger.schedule) {
    const { at, weekdays = [], monthday } = trigger.schedule
    const when =
      monthday != null
        ? t('trigger.monthday', { day: monthday })
        : weekdays.length > 0
          ? sayWeekdays(weekdays, t)
          : t('trigger.daily')
    return t('trigger.schedule', { when, at, audience: audienceName(trigger.audience ?? '') })
  }
  if (trigger.audience) return t('trigger.audience', { audience: audienceName(trigger.audience) })
  if (trigger.event) return t('trigger.event', { event: eventName(trigger.event) })
  return t('trigger.manual')
}

/** A step as its card says it. */
export function sayStep(step: Step, t: T, names: Pick<Names, 'event' | 'tagged'>): Said & { head: string } {
  const kind = kindOf(step)
  return { head: t(`kind.${kind.key}`), ...kind.said(step, t, names) }
}

/** A way as the step itself names it, or as everybody knows it. */
export function sayWay(label: string, t: T): string {
  return t(`outcome.${label as 'done'}`, { defaultValue: label })
}

/** Why a passage ended: "done", "exit:order_paid", "policy:opted_out", or the journey's own word. */
export function sayReason(reason: string, t: T, eventName: (key: string) => string = (key) => key): string {
  const [kind = '', about] = reason.split(':')
  if (kind === 'exit' && about) return t('reason.exitBy', { event: eventName(about) })
  if (kind === 'policy' && about) return t('reason.policy')
  return t(`reason.${reason as 'done'}`, { defaultValue: reason })
}
