import { expect, test } from 'vitest'
import type { LayerOut } from './Layers'
import { blankSteps, moved, settingsOf, stepsOf, type Step } from './steps'

const step = (key: string): Step => ({ key, zh: key, en: '', when: { event: 'order_paid' } })

test('a step moves up and down and never out of the list', () => {
  const steps = [step('a'), step('b'), step('c')]
  const keys = (from: number, to: number) => moved(steps, from, to).map(({ key }) => key)
  expect(keys(2, 1)).toEqual(['a', 'c', 'b'])
  expect(keys(0, 2)).toEqual(['b', 'c', 'a'])
  expect(keys(0, -1)).toEqual(['a', 'b', 'c'])
  expect(keys(2, 3)).toEqual(['a', 'b', 'c'])
})

test('what is written is read back, keys and all', () => {
  const steps = { layers: [step('a'), { ...step('b'), en: 'B' }], rest: { key: 'rest', zh: '其余', en: '' } }
  const model = { kind: 'ordered', settings: settingsOf(steps) } as unknown as LayerOut
  expect(stepsOf(model)).toEqual(steps)
})

test('a new model starts with one layer to fill and a key of its own for it', () => {
  const [one, two] = [blankSteps(), blankSteps()]
  expect(one.layers).toHaveLength(1)
  expect(one.layers[0]?.key).not.toBe(two.layers[0]?.key)
})
