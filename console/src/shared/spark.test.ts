import { describe, expect, it } from 'vitest'
import { sparkPath } from './spark'

describe('a small line', () => {
  it('goes from the lowest at the bottom to the highest at the top', () => {
    expect(sparkPath([0, 5, 10], 96, 24)).toBe('M2 22L48 12L94 2')
  })
  it('is level in the middle when nothing changed', () => {
    expect(sparkPath([7, 7], 96, 24)).toBe('M2 12L94 12')
  })
  it('leaves out the days before the first value', () => {
    expect(sparkPath([null, 1, 2], 96, 24)).toBe('M48 22L94 2')
    expect(sparkPath([null, 3], 96, 24)).toBe('M94 12h1')
    expect(sparkPath([null, null], 96, 24)).toBe('')
  })
})
