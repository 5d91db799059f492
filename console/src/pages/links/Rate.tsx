import { useTranslation } from 'react-i18next'
import { useFormat } from '../../shared/format'
import { spell, type Link, type Numbers } from './link'

/** The share that opened it, with its interval. */
export function Rate({ numbers }: { numbers: Numbers }) {
  const { t } = useTranslation('links')
  const format = useFormat()
  if (numbers.rate === null || numbers.low === null || numbers.high === null)
    return <span className="mute">{t('unsent')}</span>
  const { sent, opened } = numbers
  return (
    <span className="nowrap">
      <span className="strong">{format.rate(numbers.rate)}</span>
      <span className="sub">{t('rateOf', { low: format.rate(numbers.low), high: format.rate(numbers.high), sent: format.count(sent), opened: format.count(opened) })}</span>
    </span>
  )
}

/** How long it was read in the middle; said in words where it is not measured. */
export function Reading({ kind, numbers }: { kind: Link['kind']; numbers: Numbers }) {
  const { t } = useTranslation('links')
  const format = useFormat()
  const spelled = useSpelled()
  if (kind === 'url') return <span className="mute">{t('unmeasured')}</span>
  if (numbers.seconds === null) return <span className="mute">{t('nobodyRead')}</span>
  return <span className="nowrap">{t('readingOf', { time: spelled(numbers.seconds), n: format.count(numbers.readers) })}</span>
}

/** Seconds in the words of the reader. */
export function useSpelled(): (seconds: number) => string {
  const { t } = useTranslation('links')
  return (seconds) => spell(seconds, { h: t('unit.h'), m: t('unit.m'), s: t('unit.s') })
}
