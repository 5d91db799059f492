import { describe, expect, it } from 'vitest'
import type { Definition, Step } from '../definition'
import { KINDS, waysOf } from '../kinds'
import { START } from '../layout'
import { blank, connect, insert, placeOf, remove, update } from './editing'
import { begin, step as move } from './history'

const message = (id: string, more: Partial<Step> = {}): Step => ({ id, message: { text: id }, ...more })
const journey = (...steps: Step[]): Definition => ({ key: 'j', name: 'J', triggers: [{ event: 'friend_added' }], steps })
const ids = (definition: Definition) => definition.steps.map(({ id }) => id)
const leads = (definition: Definition) =>
  Object.fromEntries(definition.steps.map((each, at) => [each.id, waysOf(definition, at).map(({ to }) => to)]))

describe('insert', () => {
  it('begins an empty journey', () => {
    const { definition, id } = insert(journey(), { from: START, nth: 0 }, 'message')
    expect([id, definition.steps]).toEqual(['message-1', [{ id: 'message-1', message: { text: '' } }]])
  })

  it('puts a step between two, and before the first', () => {
    const two = journey(message('a'), message('b'))
    const between = insert(two, { from: 'a', nth: 0 }, 'wait').definition
    expect(leads(between)).toEqual({ a: ['wait-1'], 'wait-1': ['b'], b: ['end'] })
    expect(between.steps.some((each) => 'next' in each)).toBe(false)
    const before = insert(two, { from: START, nth: 0 }, 'tag').definition
    expect(leads(before)).toEqual({ 'tag-1': ['a'], a: ['b'], b: ['end'] })
  })

  it('puts a step on one way of a branch, and leaves the others', () => {
    const start = journey({ id: 'fork', branch: [{ if: {}, go: 'yes' }] }, message('no', { next: 'end' }), message('yes'))
    const first = insert(start, { from: 'fork', nth: 0 }, 'task').definition
    expect(leads(first)).toEqual({ fork: ['task-1', 'no'], 'task-1': ['yes'], no: ['end'], yes: ['end'] })
    const otherwise = insert(start, { from: 'fork', nth: 1 }, 'task').definition
    expect(leads(otherwise)).toEqual({ fork: ['yes', 'task-1'], 'task-1': ['no'], no: ['end'], yes: ['end'] })
  })

  it('puts a step after an outcome of a task', () => {
    const start = journey({ id: 'ask', task: { title: '', wait: true, done: 'b', not_done: 'c' } }, message('b'), message('c'))
    const found = insert(start, { from: 'ask', nth: 1 }, 'wait').definition
    expect(leads(found)).toEqual({ ask: ['b', 'wait-1', 'b'], 'wait-1': ['c'], b: ['c'], c: ['end'] })
  })

  it('splits into ways that lead where everybody went', () => {
    const found = insert(journey(message('a'), message('b')), { from: 'a', nth: 0 }, 'split').definition
    expect(leads(found)).toEqual({ a: ['split-1'], 'split-1': ['b', 'b'], b: ['end'] })
  })

  it('lets nobody on after an exit', () => {
    const found = insert(journey(message('a'), message('b')), { from: 'a', nth: 0 }, 'exit').definition
    expect(leads(found)).toEqual({ a: ['exit-1'], 'exit-1': [], b: ['end'] })
  })

  it('finds a free id', () => {
    expect(insert(journey(message('message-1'), message('message-3')), { from: 'message-1', nth: 0 }, 'message').id).toBe('message-2')
  })
})

describe('remove', () => {
  it('leads on where the step led', () => {
    expect(leads(remove(journey(message('a'), message('b'), message('c')), 'b'))).toEqual({ a: ['c'], c: ['end'] })
    expect(leads(remove(journey(message('a'), message('b')), 'b'))).toEqual({ a: ['end'] })
    expect(remove(journey(message('a')), 'a').steps).toEqual([])
  })

  it('begins where the first step led', () => {
    const start = journey(message('a', { next: 'c' }), message('b', { next: 'end' }), message('c', { next: 'b' }))
    const found = remove(start, 'a')
    expect([ids(found), leads(found)]).toEqual([['c', 'b'], { c: ['b'], b: ['end'] }])
  })

  it('takes along what only the other ways of a branch led to', () => {
    const start = journey(
      { id: 'fork', branch: [{ if: {}, go: 'yes' }] },
      message('no', { next: 'both' }),
      message('yes'),
      message('both'),
    )
    expect(leads(remove(start, 'fork'))).toEqual({ no: ['both'], both: ['end'] })
  })

  it('leaves what nothing led to before', () => {
    expect(ids(remove(journey(message('a', { next: 'end' }), message('island')), 'island'))).toEqual(['a'])
    expect(ids(remove(journey(message('a'), message('b', { next: 'end' }), message('island')), 'b'))).toEqual(['a', 'island'])
  })

  it('undoes an insert', () => {
    const start = journey(message('a'), { id: 'fork', branch: [{ if: {}, go: 'c' }] }, message('b'), message('c'))
    for (const kind of KINDS.filter(({ key }) => key !== 'exit').map(({ key }) => key))
      for (const [at, each] of start.steps.entries())
        for (const nth of waysOf(start, at).keys()) {
          const { definition, id } = insert(start, { from: each.id, nth }, kind)
          expect(leads(remove(definition, id)), `${kind} ${each.id} ${nth}`).toEqual(leads(start))
        }
  })
})

describe('connect and update', () => {
  it('writes a target down only where it is not the next step', () => {
    const found = connect(journey(message('a'), message('b'), message('c')), { from: 'a', nth: 0 }, 'c')
    expect(found.steps[0]).toEqual(message('a', { next: 'c' }))
    expect(connect(found, { from: 'a', nth: 0 }, 'b').steps[0]).toEqual(message('a'))
  })

  it('changes a step and keeps where it leads', () => {
    const start = journey(message('a', { next: 'c' }), message('b'), message('c'))
    const found = update(start, { id: 'a', title: 'Hello', message: { text: 'hi' } })
    expect(found.steps[0]).toEqual({ id: 'a', title: 'Hello', message: { text: 'hi' }, next: 'c' })
  })
})

describe('blank steps and problems', () => {
  it('is of its kind', () => {
    expect(Object.keys(blank('branch', 'x', 'y'))).toEqual(['id', 'branch'])
  })

  it('finds the step of a problem', () => {
    expect(['steps.wait-1', 'steps.a.message.text', 'triggers[0]', 'goal'].map(placeOf)).toEqual(['wait-1', 'a', START, START])
  })
})

describe('history', () => {
  it('takes back, brings again, and makes one change of what is typed', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => ({ ...journey(), name })) as [Definition, Definition, Definition, Definition]
    let history = begin(a)
    history = move(history, { do: 'change', to: b, mark: 'name' })
    history = move(history, { do: 'change', to: c, mark: 'name' })
    history = move(history, { do: 'change', to: d })
    history = move(history, { do: 'undo' })
    expect(history.now.name).toBe('c')
    history = move(history, { do: 'undo' })
    expect(history.now.name).toBe('a')
    expect(move(history, { do: 'undo' })).toBe(history)
    history = move(history, { do: 'redo' })
    expect(history.now.name).toBe('c')
    expect(move(history, { do: 'change', to: b }).future).toEqual([])
    expect(move(history, { do: 'change', to: { ...c } })).toBe(history)
  })
})
