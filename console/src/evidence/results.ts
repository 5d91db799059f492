import type { components } from '../api/schema'

export type Result = components['schemas']['JourneyResult']
export type Figure = components['schemas']['Figure']

export type ResultRow = components['schemas']['SopOut']

export const TONES = {
  gain: 'good',
  loss: 'bad',
  veto: 'bad',
  undecided: 'plain',
  too_few: 'plain',
  sample_ratio: 'warn',
  imbalance: 'warn',
} as const satisfies Record<Result['verdict']['code'], string>

export function figureOf(result: Pick<Result, 'figures' | 'guardrails'>, key: Figure['key']): Figure | undefined {
  return [...result.figures, ...result.guardrails].find((each) => each.key === key)
}
