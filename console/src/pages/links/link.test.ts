import { describe, expect, it } from 'vitest'
import { isHere, placeOf, spell } from './link'

describe('a link in words', () => {
  const unit = { h: '小时', m: '分', s: '秒' }
  it.each([
    [0, '0 秒'],
    [0.4, '0 秒'],
    [59, '59 秒'],
    [60, '1 分'],
    [125.6, '2 分 6 秒'],
    [3600, '1 小时'],
    [3725, '1 小时 2 分'],
    [3605, '1 小时 5 秒'],
  ])('%d seconds are %s', (seconds, said) => expect(spell(seconds, unit)).toBe(said))

  it('stands in a message by its key', () => expect(placeOf('spring')).toBe('{link:spring}'))

  it.each([
    ['http://127.0.0.1:8000', true],
    ['http://localhost', true],
    ['http://[::1]:9000', true],
    ['https://go.example.com', false],
  ])('%s opens here alone: %s', (base, here) => expect(isHere(base)).toBe(here))
})
