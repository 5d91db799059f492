import type { TFunction } from 'i18next'
import { kindOf, type Step, type Trigger, type Wait } from './definition'
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

export function sayTrigger(trigger: Trigger, t: T, eventName: (key: string) => string, audienceName: (key: string) => string): string {
  if (trigger.schedule) {
    const { at, weekdays = [], monthday } = trigger.schedule
    const when =
      monthday != null
        ? t('trigger.monthday', { day: monthday })
        : weekdays.length > 0
          ? weekdays.map((day) => t(`weekday.w${day as 1}`)).join(' ')
          : t('trigger.daily')
    return t('trigger.schedule', { when, at, audience: audienceName(trigger.audience ?? '') })
  }
  if (trigger.audience) return t('trigger.audience', { audience: audienceName(trigger.audience) })
  if (trigger.event) return t('trigger.event', { event: eventName(trigger.event) })
  return t('trigger.manual')
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
  return t(`reason.${reason as 'done'}`, { defaultValue: reason })
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > 22 ? `${line.slice(0, 21)}…` : line
}
