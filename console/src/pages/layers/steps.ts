import type { Condition } from '../../conditions/tree'
import { newKey } from '../../shared/keys'
import type { LayerOut } from './Layers'

export interface Step {
  key: string
  zh: string
  en: string
  when: Condition | null
}

/** The layers of a model being written, from the top, and the layer of everybody else. */
export interface Steps {
  layers: Step[]
  rest: { key: string; zh: string; en: string }
}

export function blankStep(): Step {
  return { key: newKey('layer'), zh: '', en: '', when: null }
}

export function blankSteps(): Steps {
  return { layers: [blankStep()], rest: { key: 'rest', zh: '', en: '' } }
}

interface Written {
  layers: { key: string; zh: string; en?: string; when: Condition }[]
  else: { key: string; zh: string; en?: string }
}

export function stepsOf(model: LayerOut): Steps {
  const written = model.settings as unknown as Written
  return {
    layers: written.layers.map(({ key, zh, en, when }) => ({ key, zh, en: en ?? '', when })),
    rest: { en: '', ...written.else },
  }
}

/** The settings as definitions write them. */
export function settingsOf({ layers, rest }: Steps) {
  return {
    layers: layers.map(({ key, zh, en, when }) => ({ key, zh, en, when: when as unknown as Record<string, never> })),
    else: rest,
  }
}

/** The same steps with the one at `from` at `to`. */
export function moved(layers: Step[], from: number, to: number): Step[] {
  const rest = layers.filter((_, at) => at !== from)
  const step = layers[from]
  if (step === undefined || to < 0 || to >= layers.length) return layers
  return [...rest.slice(0, to), step, ...rest.slice(to)]
}
