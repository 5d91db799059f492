import type { TFunction } from 'i18next'
import { kindOf, wayOf, type Schedule, type Step, type Trigger, type Wait } from './definition'
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

export function sayWait(wait: Wait, t: T, eventName: (key: string) => string): string {
  const until = wait.for
    ? t('wait.for', { span: saySpan(wait.for, t) })
    : wait.between
      ? t('wait.between', { from: wait.between[0], to: wait.between[1] })
      : wait.until
        ? wait.day != null
          ? t('wait.untilDay', { day: wait.day, at: wait.until })
          : t('wait.until', { at: wait.until })
        : t('wait.life', { share: Math.round((wait.life ?? 0) * 100), span: saySpan(wait.default ?? '', t) })
  return wait.or_event ? t('wait.orEvent', { until, event: eventName(wait.or_event.event) }) : until
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
    weekdays.length > 0 && weekdays.map((day) => t(`weekday.w${day as 1}`)).join(' '),
    isLast && t('trigger.lastWorkday'),
    only != null && t(`trigger.only.${only}`),
  ].filter(Boolean)
  return `${parts.length > 0 ? parts.join(' ') : t('trigger.daily')}${at === '' ? '' : ` ${at}`}`
}

interface Said {
  /** The kind, and what qualifies it. */
  head: string
  aside: string
  /** What the reader recognises the step by. */
  title: string
}

/** A step as its card says it. */
export function sayStep(
  step: Step,
  t: T,
  names: Pick<Names, 'event' | 'tagged'>,
): Said {
  const kind = kindOf(step)
  const own = step.title ?? ''
  switch (kind) {
    case 'message': {
      const channel = step.message?.channel
      return {
        head: t('kind.message'),
        aside: channel ? t(`channel.${channel as 'sms'}`, { defaultValue: channel }) : t('senderOwner'),
        title: own || `「${firstLine(step.message?.text ?? '')}」`,
      }
    }
    case 'wait':
      return { head: t('kind.wait'), aside: own, title: step.wait ? sayWait(step.wait, t, names.event) : '' }
    case 'branch':
      return { head: t('kind.branch'), aside: '', title: own || t('ways', { n: (step.branch?.length ?? 0) + 1 }) }
    case 'split':
      return {
        head: t('kind.split'),
        aside: '',
        title: own || (step.split ?? []).map(({ key, share }) => `${key} ${share}%`).join(' / '),
      }
    case 'tag':
      return {
        head: t('kind.tag'),
        aside: own,
        title: step.tag?.add
          ? t('tagAdd', { tag: names.tagged(step.tag.add, step.tag.value) })
          : t('tagRemove', { tag: names.tagged(step.tag?.remove ?? '') }),
      }
    case 'task':
      return {
        head: t('kind.task'),
        aside: step.task?.within ? t('within', { span: saySpan(step.task.within, t) }) : '',
        title: step.task?.title ?? own,
      }
    case 'exit':
      return { head: t('kind.exit'), aside: '', title: own || sayReason(step.exit?.reason ?? 'done', t) }
  }
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

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > 22 ? `${line.slice(0, 21)}…` : line
}
