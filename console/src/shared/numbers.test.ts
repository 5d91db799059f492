import { describe, expect, it } from 'vitest'
import { change, count, minorPerMajor, money, moneyExact, points, rate } from './numbers'

describe('money', () => {
  it.each([
    [16850, '¥168.5'],
    [16800, '¥168'],
    [213400, '¥2,134'],
    [213450, '¥2,135'],
    [12_800_000, '¥12.8万'],
    [-1_700_000, '−¥1.7万'],
    [1_234_500_000_00, '¥12.3亿'],
    [0, '¥0'],
  ])('%d fen reads %s', (minor, text) => expect(money(minor, 'CNY', 'zh-CN')).toBe(text))

  it('follows the language and the currency', () => {
    expect(money(12_800_000, 'CNY', 'en')).toBe('¥128K')
    expect(money(24_847_282, 'USD', 'en')).toBe('$248.5K')
    expect(money(5000, 'JPY', 'zh-CN')).toBe('¥5,000')
  })

  it('shows a sign when asked, and a dash for what is missing', () => {
    expect(money(590_000, 'CNY', 'zh-CN', true)).toBe('+¥5,900')
    expect(money(null, 'CNY', 'zh-CN')).toBe('—')
  })

  it('keeps every cent in the exact form', () => {
    expect(moneyExact(12_798_050, 'CNY', 'zh-CN')).toBe('¥127,980.50')
    expect(moneyExact(-50, 'CNY', 'zh-CN')).toBe('−¥0.50')
  })
})

describe('counts, rates and comparisons', () => {
  it('groups thousands', () => expect(count(3204, 'zh-CN')).toBe('3,204'))
  it('never turns a missing number into zero', () => {
    expect(count(undefined, 'zh-CN')).toBe('—')
    expect(rate(Number.NaN, 'zh-CN')).toBe('—')
    expect(change(5, 0, 'zh-CN')).toBe('—')
    expect(points(null, 0.2, 'zh-CN')).toBe('—')
  })
  it('writes a share with one decimal', () => expect(rate(0.1236, 'zh-CN')).toBe('12.4%'))
  it('writes a relative change with a sign', () => {
    expect(change(911, 1000, 'zh-CN')).toBe('−8.9%')
    expect(change(1016, 1000, 'zh-CN')).toBe('+1.6%')
    expect(change(1000, 1000, 'zh-CN')).toBe('±0')
  })
  it('measures a change of base below zero against its size', () => expect(change(-50, -100, 'zh-CN')).toBe('+50.0%'))
  it('writes percentage points', () => {
    expect(points(0.142, 0.124, 'zh-CN')).toBe('+1.8pt')
    expect(points(0.124, 0.124, 'zh-CN')).toBe('±0')
  })
  it('knows how many minor units a currency has', () => {
    expect(minorPerMajor('CNY')).toBe(100)
    expect(minorPerMajor('JPY')).toBe(1)
  })
})
