import { describe, expect, it } from 'vitest'
import { isSame, isWorded, moved, valuesOf, withOption, without, withQuestion, type Spec } from './survey'

const EMPTY: Spec = { kind: 'survey', key: 'nps', title: '问卷', intro: '', thanks: '', anonymous: false, again: false }

describe('a survey being written', () => {
  const two = withQuestion(withQuestion(EMPTY, 'scale'), 'text')
  const depending: Spec = {
    ...two,
    questions: two.questions?.map((each) => (each.key === 'q2' ? { ...each, show_if: { question: 'q1', any: [0] } } : each)),
  }

  it('gets questions and options with keys of their own', () => {
    expect(two.questions?.map(({ key, kind }) => [key, kind])).toEqual([['q1', 'scale'], ['q2', 'text']])
    expect(withQuestion(without(two, 0), 'stars').questions?.map(({ key }) => key)).toEqual(['q2', 'q3'])
    const choice = withQuestion(EMPTY, 'single').questions?.[0]
    expect(choice && withOption(choice).options?.map(({ key }) => key)).toEqual(['o1', 'o2', 'o3'])
  })

  it('forgets a condition on a question that is gone or comes later', () => {
    expect(moved(depending, 1, 0).questions?.map(({ key, show_if }) => [key, show_if ?? null])).toEqual([['q2', null], ['q1', null]])
    expect(without(depending, 0).questions?.[0]?.show_if).toBeNull()
    expect(moved(moved(two, 1, 0), 1, 0).questions).toEqual(two.questions)
  })

  it('knows what others can depend on', () => {
    expect(two.questions?.map((each) => valuesOf(each).length)).toEqual([11, 0])
  })

  it('is the same however its absent parts are written', () => {
    const bare: Spec = { again: false, anonymous: false, thanks: '', intro: '', title: '问卷', key: 'nps', kind: 'survey', questions: [], incentive: null }
    expect([isSame(EMPTY, bare), isSame(EMPTY, two), isSame(two, depending)]).toEqual([true, false, false])
  })

  it('is kept when everything has its words', () => {
    expect([isWorded(EMPTY), isWorded(two), isWorded({ ...EMPTY, title: ' ' })]).toEqual([true, false, false])
  })
})
