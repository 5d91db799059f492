import type { components } from '../../api/schema'
import type { Known } from '../../conditions/useKnown'
import type { Format } from '../../shared/format'

export type Moment = components['schemas']['MomentOut']
export type Touch = components['schemas']['TouchOut']

/** One line of the timeline: a fact, or a touch with its whole life. */
export type Line = { at: string; moment: Moment; touch?: undefined } | { at: string; touch: Touch; moment?: undefined }

export const KINDS = ['orders', 'touches', 'behaviour', 'knowledge', 'journeys'] as const
export type Kind = (typeof KINDS)[number]

export function kindOfMoment(line: Line): Kind {
  if (line.touch) return 'touches'
  const { kind, key } = line.moment
  if (kind !== 'event') return 'orders'
  if (/^(tag|layer|audience)_/.test(key)) return 'knowledge'
  if (/^(journey|task)_/.test(key)) return 'journeys'
  return 'behaviour'
}

/** Facts and touches in one line of time. A touch already tells its sending and its fate, so those facts are left out. */
export function merged(moments: readonly Moment[], touches: readonly Touch[]): Line[] {
  return [
    ...moments.filter(({ key }) => !key.startsWith('touch_')).map((moment) => ({ at: moment.at, moment })),
    ...touches.map((touch) => ({ at: touch.due_at, touch })),
  ].sort((a, b) => b.at.localeCompare(a.at))
}

/** Lines by business day, in the order given. */
export function byDay(lines: readonly Line[], format: Pick<Format, 'day'>): [string, Line[]][] {
  const days = new Map<string, Line[]>()
  for (const line of lines) {
    const day = format.day(line.at)
    days.set(day, [...(days.get(day) ?? []), line])
  }
  return [...days]
}

/** What a fact is about, by name: the tag and its value, the layers, the audience, the journey, the staff. */
export function sayAbout({ key, detail }: Pick<Moment, 'key' | 'detail'>, known: Known, format: Pick<Format, 'quoted'>, noLayer: string): string {
  const of = (name: string) => {
    const value = detail[name]
    return typeof value === 'string' ? value : ''
  }
  switch (key) {
    case 'tag_added':
      return `+${format.quoted(known.tagged(of('tag'), of('value')))}`
    case 'tag_removed':
      return `−${format.quoted(known.tagged(of('tag'), of('value')))}`
    case 'layer_changed':
      return `${known.layer(of('model'), of('from')) || noLayer} → ${known.layer(of('model'), of('to')) || noLayer}`
    case 'audience_entered':
    case 'audience_left':
      return format.quoted(known.audience(of('audience')))
    case 'journey_entered':
    case 'journey_exited':
    case 'task_done':
    case 'task_not_done':
    case 'task_rejected':
    case 'task_expired':
      return format.quoted(known.journey(of('journey')))
    case 'friend_added':
    case 'friend_lost':
      return [known.staff(of('staff')), known.source(of('source'))].filter(Boolean).join(' · ')
    default:
      return ''
  }
}

const TELLING = ['text', 'name', 'title', 'page', 'coupon'] as const

/** The properties a person would tell: what was said, seen or asked for. */
export function detailText(detail: Record<string, unknown>): string {
  return [detail.product_name ?? detail.product, ...TELLING.map((key) => detail[key])]
    .filter((value) => typeof value === 'string' && value !== '')
    .slice(0, 2)
    .join(' · ')
}
