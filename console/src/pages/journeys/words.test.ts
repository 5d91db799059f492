import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Trigger } from './definition'
import { wayOf } from './definition'
import { en } from './en'
import { sayReason, sayTrigger, type T } from './words'
import { zh } from './zh'

const names = {
  event: (key: string) => key,
  audience: (key: string) => key,
  tagged: (key: string, value?: string | null) => (value ? `${key} ${value}` : key),
  model: (key: string) => key,
  layer: (_: string, key: string) => key,
  attr: (key: string) => key,
}

const CASES: [Trigger, string, string, string][] = [
  [{ left: 'vip' }, 'left', '离开人群「vip」', 'leaving the audience “vip”'],
  [
    { layer: 'rfm', from: ['a'], to: ['b', 'c'] },
    'layer',
    '分层「rfm」变化，从 a，到 b 或 c',
    'a change of layer in “rfm”, from a, to b or c',
  ],
  [{ tag: 'skin', change: 'removed', value: 'dry' }, 'tag', '去掉标签「skin dry」', 'the tag “skin dry” is taken away'],
  [
    { date: 'birthday', days: -3, at: '10:00', repeats: 'yearly' },
    'date',
    '每年「birthday」前 3 天 10:00',
    'every year, “birthday” 3 days before 10:00',
  ],
  [
    { schedule: { at: '10:00', weekdays: [1, 5] }, audience: 'vip' },
    'schedule',
    '周一 周五 10:00，人群「vip」',
    'Mon Fri 10:00, the audience “vip”',
  ],
  [
    { schedule: { at: '10:00', holiday: 'spring_festival', days: -7 }, audience: 'vip' },
    'schedule',
    '春节放假前 7 天 10:00，人群「vip」',
    '7 days before Spring Festival 10:00, the audience “vip”',
  ],
  [
    { schedule: { cron: '0 10 * * 1', only: 'workdays' }, audience: 'vip' },
    'schedule',
    'cron 0 10 * * 1 工作日，人群「vip」',
    'cron 0 10 * * 1 workdays, the audience “vip”',
  ],
  [{ staff: {}, schedule: { at: '09:00', only: 'workdays' } }, 'staff', '工作日 09:00，名单里的员工', 'workdays 09:00, the staff on the roster'],
  [{ api: true }, 'api', '由程序加入', 'added by a program'],
]

describe('what opens a journey', () => {
  let say: Record<'zh' | 'en', T>
  beforeAll(async () => {
    const texts = i18next.createInstance()
    await texts.init({ resources: { zh: { journeys: zh }, en: { journeys: en } }, interpolation: { escapeValue: false } })
    say = { zh: texts.getFixedT<'journeys'>('zh', 'journeys'), en: texts.getFixedT<'journeys'>('en', 'journeys') }
  })

  it.each(CASES)('is said in both languages: %o', (trigger, way, inChinese, inEnglish) => {
    expect(wayOf(trigger)).toBe(way)
    expect(sayTrigger(trigger, say.zh, names)).toBe(inChinese)
    expect(sayTrigger(trigger, say.en, names)).toBe(inEnglish)
  })

  it('says why somebody was not let in or had to give way', () => {
    expect(sayReason('limit:group', say.zh)).toBe('已在同组的另一个旅程里')
    expect(sayReason('limit:at_once', say.en)).toBe('in as many journeys as one may be at once')
    expect(sayReason('displaced:promo', say.zh)).toBe('让位给同组更优先的旅程')
  })
})
