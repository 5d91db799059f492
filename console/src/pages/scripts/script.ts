import type { components } from '../../api/schema'
import type { Tone } from '../../shared/Chip'

export type Script = components['schemas']['ScriptOut']
export type Detail = components['schemas']['ScriptDetail']
export type Version = components['schemas']['ScriptVersionOut']
export type Folder = components['schemas']['FolderOut']
export type Finding = components['schemas']['ScriptFinding']
export type Kind = Version['kind']
export type Axis = Folder['axis']

export const KINDS: readonly Kind[] = ['stage', 'psychology', 'profile']
export const AXES: readonly Axis[] = ['stage', 'psychology', 'product']
export const STATES = ['published', 'in_review', 'draft', 'expired'] as const

export const TONES: Record<Version['state'], Tone> = { draft: 'plain', in_review: 'warn', published: 'good', expired: 'bad' }

/** The places of the texts a kind speaks with. */
export function placesOf(kind: Kind): readonly ('text' | 'new' | 'old')[] {
  return kind === 'psychology' ? ['new', 'old'] : ['text']
}

/** What all queries of this page begin with. */
export const STALE = ['/api/content']
