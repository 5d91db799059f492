import type { Variant } from '../definition'
import { EVERYBODY, led, type Kind } from './kind'

/** A kind that shares people among its ways, by shares that are told. */
function sharing(key: 'split' | 'random'): Kind {
  return {
    key,
    next: false,
    blank: (to) => ({ [key]: [{ key: 'a', share: 50, go: to }, { key: 'b', share: 50, go: to }] }),
    ways: (step) => shares(step[key]).map((each) => ({ to: each.go, label: `${each.key} ${each.share}%` })),
    lead: (step, nth, to) => ({ ...step, [key]: led(step[key], nth, to) }),
    said: (step) => ({
      aside: '',
      title: step.title ?? shares(step[key]).map((each) => `${each.key} ${each.share}%`).join(' / '),
    }),
  }
}

const shares = (variants: Variant[] | undefined) => variants ?? []

export const split = sharing('split')
export const random: Kind = { ...sharing('random'), subjects: EVERYBODY }
