/** Numbers as an operator reads them: a unit, a comparison, no more digits than the decision needs. */

export type Language = 'zh-CN' | 'en'

/** What a missing number looks like. Never 0. */
export const NONE = '—'

type Maybe = number | null | undefined

/** Minor units per major unit of a currency (100 for CNY, 1 for JPY). */
export function minorPerMajor(currency: string): number {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
  return 10 ** (digits ?? 2)
}

/** ¥168.5 · ¥2,134 · ¥12.8万 (en: ¥128K). `minor` is an integer number of minor units. */
export function money(minor: Maybe, currency: string, language: Language, sign = false): string {
  if (minor == null) return NONE
  const major = minor / minorPerMajor(currency)
  const size = Math.abs(major)
  const shape: Intl.NumberFormatOptions =
    size >= 10_000
      ? { notation: 'compact', maximumFractionDigits: 1 }
      : { maximumFractionDigits: size >= 1_000 ? 0 : 2, minimumFractionDigits: 0 }
  return minus(
    new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      signDisplay: sign ? 'exceptZero' : 'auto',
      ...shape,
    }).format(major),
  )
}

/** The exact amount, for titles and tables: ¥127,980.50. */
export function moneyExact(minor: Maybe, currency: string, language: Language): string {
  if (minor == null) return NONE
  return minus(
    new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(
      minor / minorPerMajor(currency),
    ),
  )
}

/** 3,204 */
export function count(n: Maybe, language: Language, digits = 0): string {
  return n == null ? NONE : minus(new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(n))
}

/** 0.124 → 12.4% */
export function rate(share: Maybe, language: Language): string {
  if (share == null || !Number.isFinite(share)) return NONE
  return minus(
    new Intl.NumberFormat(language, {
      style: 'percent',
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }).format(share),
  )
}

/** A relative change against a base: +1.6%, −8.9%, ±0. Missing when there is nothing to compare with. */
export function change(now: Maybe, before: Maybe, language: Language): string {
  if (now == null || before == null || before === 0) return NONE
  const share = (now - before) / Math.abs(before)
  return signed(share, (size) => rate(size, language), 0.0005)
}

/** A difference of two shares in percentage points: +1.8pt. */
export function points(now: Maybe, before: Maybe, language: Language): string {
  if (now == null || before == null) return NONE
  const form = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  return signed((now - before) * 100, (size) => `${form.format(size)}pt`, 0.05)
}

function signed(value: number, say: (size: number) => string, dust: number): string {
  if (Math.abs(value) < dust) return '±0'
  return `${value > 0 ? '+' : '−'}${say(Math.abs(value))}`
}

/** A typographic minus, as wide as a plus, so that columns of signed numbers line up. */
function minus(text: string): string {
  return text.replace(/^-/, '−').replace(/^([^\d−+]*)-/, '−$1')
}
