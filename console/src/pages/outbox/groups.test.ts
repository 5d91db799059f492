import { describe, expect, it } from 'vitest'
import { canTell, linesOf } from './groups'

describe('lines of the outbox', () => {
  it('sum the states an operator does not tell apart, by channel and over all', () => {
    const { lines, all } = linesOf([
      { channel: 'sms', state: 'queued', n: 2 },
      { channel: 'sms', state: 'deferred', n: 3 },
      { channel: 'sms', state: 'failed', n: 1 },
      { channel: 'handout', state: 'staff_confirmed', n: 4 },
      { channel: 'handout', state: 'unknown', n: 1 },
    ])
    expect(lines).toEqual([
      { channel: 'sms', n: { waiting: 5, stopped: 0, out: 0, reached: 0, lost: 1, unknown: 0 } },
      { channel: 'handout', n: { waiting: 0, stopped: 0, out: 0, reached: 4, lost: 0, unknown: 1 } },
    ])
    expect(all.n).toEqual({ waiting: 5, stopped: 0, out: 0, reached: 4, lost: 1, unknown: 1 })
  })

  it('are unknown, not zero, where the channel has no such receipt', () => {
    expect(canTell('reached', ['handed_over', 'failed'])).toBe(false)
    expect(canTell('reached', ['delivered'])).toBe(true)
    expect(canTell('reached', undefined)).toBe(true)
    expect(canTell('lost', [])).toBe(true)
  })
})
