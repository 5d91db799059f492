import type { Definition } from '../definition'

/** What was, is, and was taken back. `mark` names a field while it is typed in: its letters are one change. */
export interface History {
  past: Definition[]
  now: Definition
  future: Definition[]
  mark: string | null
}

export type Move = { do: 'change'; to: Definition; mark?: string } | { do: 'undo' } | { do: 'redo' }

export function begin(definition: Definition): History {
  return { past: [], now: definition, future: [], mark: null }
}

/** How many changes can be taken back. */
export const DEPTH = 100

export function step(history: History, move: Move): History {
  const { past, now, future, mark } = history
  switch (move.do) {
    case 'change':
      if (JSON.stringify(move.to) === JSON.stringify(now)) return history
      if (move.mark !== undefined && move.mark === mark) return { ...history, now: move.to, future: [] }
      return { past: [...past, now].slice(-DEPTH), now: move.to, future: [], mark: move.mark ?? null }
    case 'undo': {
      const before = past.at(-1)
      return before ? { past: past.slice(0, -1), now: before, future: [now, ...future], mark: null } : history
    }
    case 'redo': {
      const [next, ...rest] = future
      return next ? { past: [...past, now], now: next, future: rest, mark: null } : history
    }
  }
}
