import { useSyncExternalStore } from 'react'
import { paint, type Mode } from './palette'

const KEY = 'potager.mode'
const listeners = new Set<() => void>()

function read(): Mode {
  const kept = localStorage.getItem(KEY)
  if (kept === 'light' || kept === 'dark') return kept
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

let current: Mode | null = null

/** The mode in force: the reader's choice, else the system's. */
export function mode(): Mode {
  current ??= read()
  return current
}

export function setMode(next: Mode): void {
  localStorage.setItem(KEY, next)
  current = next
  paint(next)
  listeners.forEach((tell) => tell())
}

export function useMode(): Mode {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    mode,
  )
}
