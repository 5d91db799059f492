import type { components } from '../../api/schema'
import type { Tone } from '../../shared/Chip'

export type Link = components['schemas']['LinkOut']
export type Detail = components['schemas']['LinkDetail']
export type Numbers = components['schemas']['LinkNumbers']
export type Part = components['schemas']['LinkPart']
export type Person = components['schemas']['LinkPerson']

export const KINDS = ['url', 'page'] as const
export const STATES = ['open', 'upcoming', 'over', 'retired'] as const

export const TONES: Record<Link['state'], Tone> = { open: 'good', upcoming: 'info', over: 'warn', retired: 'plain' }

/** What all queries of this page begin with. */
export const STALE = ['/api/content/link']

/** What stands in a message for the address of each reader's own. */
export function placeOf(key: string): string {
  return `{link:${key}}`
}

/** Whether an address opens on this machine alone, so that no customer's phone gets there. */
export function isHere(base: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(base).hostname)
}

/** Seconds as people say them: the largest two of hours, minutes and seconds. */
export function spell(seconds: number, unit: { h: string; m: string; s: string }): string {
  const whole = Math.round(seconds)
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), unit.h],
    [Math.floor((whole % 3600) / 60), unit.m],
    [whole % 60, unit.s],
  ]
  const said = parts.filter(([n]) => n > 0).slice(0, 2)
  return said.length === 0 ? `0 ${unit.s}` : said.map(([n, name]) => `${n} ${name}`).join(' ')
}
