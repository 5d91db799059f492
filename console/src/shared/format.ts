import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useHouse } from '../api/session'
import * as numbers from './numbers'
import type { Language } from './numbers'

type Maybe = number | null | undefined

export interface Format {
  language: Language
  money: (minor: Maybe, sign?: boolean) => string
  moneyExact: (minor: Maybe) => string
  count: (n: Maybe, digits?: number) => string
  people: (n: Maybe) => string
  orders: (n: Maybe, digits?: number) => string
  relations: (n: Maybe) => string
  rate: (share: Maybe) => string
  change: (now: Maybe, before: Maybe) => string
  points: (now: Maybe, before: Maybe) => string
  /** 2026-11-20, in the house's zone. */
  day: (at: string | null | undefined) => string
  /** 11月20日 周五, for headings. A plain date (2026-11-20) is taken as it stands. */
  dayLong: (at: string) => string
  /** 09:02, in the house's zone. */
  time: (at: string) => string
  /** 2026-11-20 09:02, in the house's zone. */
  moment: (at: string | null | undefined) => string
  /** a、b、c; in English a, b, c. */
  list: (items: readonly string[]) => string
  /** 「a」; in English “a”. */
  quoted: (text: string) => string
  /** （a）; in English (a). */
  aside: (text: string) => string
  /** The name in the reader's language of anything that carries both. */
  named: (thing: { name_zh: string; name_en?: string | null }) => string
}

/** A plain date has no zone: it is shown as it stands, never shifted. */
function instant(at: string): { date: Date; zone: string | undefined } {
  return at.length === 10 ? { date: new Date(`${at}T00:00:00Z`), zone: 'UTC' } : { date: new Date(at), zone: undefined }
}

/** What is counted, as it is written after the number. */
export interface Units {
  people: string
  orders: string
  relations: string
}

export function formatFor(language: Language, currency: string, zone: string, unit: Units): Format {
  const isoDay = (at: string) => {
    const { date, zone: own } = instant(at)
    return new Intl.DateTimeFormat('sv-SE', { timeZone: own ?? zone }).format(date)
  }
  const counted = (n: Maybe, what: string, digits?: number) =>
    n == null ? numbers.NONE : `${numbers.count(n, language, digits)}${what}`
  const clock = (at: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(new Date(at))
  return {
    language,
    money: (minor, sign) => numbers.money(minor, currency, language, sign),
    moneyExact: (minor) => numbers.moneyExact(minor, currency, language),
    count: (n, digits) => numbers.count(n, language, digits),
    people: (n) => counted(n, unit.people),
    orders: (n, digits) => counted(n, unit.orders, digits),
    relations: (n) => counted(n, unit.relations),
    rate: (share) => numbers.rate(share, language),
    change: (now, before) => numbers.change(now, before, language),
    points: (now, before) => numbers.points(now, before, language),
    day: (at) => (at ? isoDay(at) : numbers.NONE),
    dayLong: (at) => {
      const { date, zone: own } = instant(at)
      return new Intl.DateTimeFormat(language, {
        timeZone: own ?? zone,
        month: 'short',
        day: 'numeric',
        weekday: 'short',
      }).format(date)
    },
    time: clock,
    moment: (at) => (at ? `${isoDay(at)} ${clock(at)}` : numbers.NONE),
    list: (items) => items.join(language === 'en' ? ', ' : '、'),
    quoted: (text) => (language === 'en' ? `“${text}”` : `「${text}」`),
    aside: (text) => (language === 'en' ? ` (${text})` : `（${text}）`),
    named: (thing) => (language === 'en' ? (thing.name_en ?? '') || thing.name_zh : thing.name_zh),
  }
}

/** Formatters bound to the reader's language and the house's currency and zone. */
export function useFormat(): Format {
  const { t, i18n } = useTranslation()
  const { currency, zone } = useHouse()
  const language: Language = i18n.language === 'en' ? 'en' : 'zh-CN'
  const people = t('unit.people')
  const orders = t('unit.orders')
  const relations = t('unit.relations')
  return useMemo(
    () => formatFor(language, currency, zone, { people, orders, relations }),
    [language, currency, zone, people, orders, relations],
  )
}
