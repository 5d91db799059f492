import { api } from '../../api/client'
import { useFormat } from '../../shared/format'
import type { State } from './groups'

/** What the ways out of the house are called, and what they can tell. */
export function useChannels() {
  const format = useFormat()
  const items = api.useQuery('get', '/api/touch/channels', undefined, { staleTime: 300_000 }).data?.items ?? []
  const of = (key: string) => items.find((each) => each.key === key)
  return {
    name: (key: string): string => {
      const known = of(key)
      return known ? format.named(known) : key
    },
    receipts: (key: string): readonly State[] | undefined => of(key)?.receipts,
    options: items.map((each) => ({ value: each.key, label: format.named(each) })),
  }
}

/** What the journeys of the house are called. */
export function useJourneys() {
  const items = api.useQuery('get', '/api/journeys', undefined, { staleTime: 300_000 }).data?.items ?? []
  return {
    name: (key: string): string => items.find((each) => each.key === key)?.name ?? key,
    options: items.map(({ key, name }) => ({ value: key, label: name })),
  }
}
