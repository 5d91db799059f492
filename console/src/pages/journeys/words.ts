import type { TFunction } from 'i18next'
import { wayOf, type Schedule, type Step, type Trigger } from './definition'
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

type TriggerNames = Pick<Names, 'event' | 'audience' | 'tagged' | 'model' | 'layer' | 'attr'>

export function sayTrigger(trigger: Trigger, t: T, names: TriggerNames): string {
  switch (wayOf(trigger)) {
    case 'event':
      return t('trigger.event', { event: names.event(trigger.event ?? '') })
    case 'audience':
      return t('trigger.audience', { audience: names.audience(trigger.audience ?? '') })
    case 'left':
      return t('trigger.left', { audience: names.audience(trigger.left ?? '') })
    case 'layer':
      return sayLayer(trigger, t, names)
    case 'tag':
      return t(`trigger.tag.${trigger.change ?? 'added'}`, { tag: names.tagged(trigger.tag ?? '', trigger.value) })
    case 'date':
      return sayDate(trigger, t, names)
    case 'schedule': {
      const when = saySchedule(trigger.schedule ?? {}, t)
      return t('trigger.schedule', { when, audience: names.audience(trigger.audience ?? '') })
    }
    case 'staff':
      return t('trigger.staff', { when: saySchedule(trigger.schedule ?? {}, t) })
    case 'manual':
      return t('trigger.manual')
    case 'api':
      return t('trigger.api')
  }
}

function sayLayer({ layer = '', from = [], to = [] }: Trigger, t: T, names: TriggerNames): string {
  const said = (keys: string[]) => keys.map((key) => names.layer(layer, key)).join(t('orWord'))
  const parts = [
    from.length > 0 && t('trigger.layerFrom', { layers: said(from) }),
    to.length > 0 && t('trigger.layerTo', { layers: said(to) }),
  ]
  return t('trigger.layer', { model: names.model(layer), ends: parts.filter(Boolean).join('') })
}

function sayDate({ date = '', days = 0, at = '09:00', repeats = 'never' }: Trigger, t: T, names: TriggerNames): string {
  const when = days === 0 ? t('trigger.dateOn') : t(days < 0 ? 'trigger.dateBefore' : 'trigger.dateAfter', { n: Math.abs(days) })
  return t('trigger.date', { date: names.attr(date), when, at, repeats: repeats === 'never' ? '' : t(`trigger.repeats.${repeats}`) })
}

function saySchedule(schedule: Schedule, t: T): string {
  const { at = '', weekdays = [], monthday, cron, only, holiday, days = 0, last_workday: isLast } = schedule
  const parts = [
    cron != null && t('trigger.cron', { cron }),
    holiday != null &&
      t(days === 0 ? 'trigger.holidayOn' : days < 0 ? 'trigger.holidayBefore' : 'trigger.holidayAfter', {
        holiday: t(`holiday.${holiday}`),
        n: Math.abs(days),
      }),
    monthday != null && t('trigger.monthday', { day: monthday }),
    weekdays.length > 0 && sayWeekdays(weekdays, t),
    isLast && t('trigger.lastWorkday'),
    only != null && t(`trigger.only.${only}`),
  ].filter(Boolean)
  return `${parts.length > 0 ? parts.join(' ') : t('trigger.daily')}${at === '' ? '' : ` ${at}`}`
}

/** A step as its card says it. */
export function sayStep(step: Step, t: T, names: Pick<Names, 'event' | 'tagged' | 'attr'>): Said & { head: string } {
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
  if (kind === 'displaced' && about) return t('reason.displaced')
  if (kind === 'limit' && about) return t(`reason.limit.${about as 'group'}`, { defaultValue: reason })
  return t(`reason.${reason as 'done'}`, { defaultValue: reason })
}
