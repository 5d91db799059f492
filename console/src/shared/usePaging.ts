import { useAddress } from './address'

/** Page and size from the address, beside the given filters; changing a filter goes back to page 1. */
export function usePaging<T extends Record<string, string>>(filters: T) {
  const [state, set] = useAddress({ page: '1', size: '20', ...filters })
  const page = Math.max(1, Number.parseInt(state.page, 10) || 1)
  const size = Math.min(200, Math.max(1, Number.parseInt(state.size, 10) || 20))
  return {
    filters: state,
    query: { page, size },
    paging: {
      page,
      size,
      onChange: (nextPage: number, nextSize: number) =>
        set({ page: String(nextSize === size ? nextPage : 1), size: String(nextSize) } as Partial<typeof state>),
    },
    setFilters: (change: Partial<T>, options?: { replace?: boolean }) =>
      set({ ...change, page: '1' } as Partial<typeof state>, options),
  }
}
