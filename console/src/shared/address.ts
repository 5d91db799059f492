import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'

/**
 * State kept in the address: filters, tab, page, open drawer. Values equal to their default are left out,
 * so a fresh page has a clean address. Unknown parameters are kept for others.
 */
export function useAddress<T extends Record<string, string>>(
  defaults: T,
): [T, (change: Partial<T>, options?: { replace?: boolean }) => void] {
  const [params, setParams] = useSearchParams()
  const frozen = JSON.stringify(defaults)
  const state = useMemo(() => {
    const base = JSON.parse(frozen) as T
    return Object.fromEntries(Object.keys(base).map((name) => [name, params.get(name) ?? base[name]])) as T
  }, [params, frozen])
  const set = useCallback(
    (change: Partial<T>, options?: { replace?: boolean }) => {
      const base = JSON.parse(frozen) as T
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          for (const [name, value] of Object.entries(change)) {
            if (value === undefined || value === base[name]) next.delete(name)
            else next.set(name, value as string)
          }
          return next
        },
        { replace: options?.replace ?? false },
      )
    },
    [setParams, frozen],
  )
  return [state, set]
}
