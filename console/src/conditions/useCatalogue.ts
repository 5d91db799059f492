import type { UseQueryResult } from '@tanstack/react-query'
import { api } from '../api/client'
import type { Catalogue } from './catalogue'

/** What conditions may speak of here. The contract writes kinds as plain text; the builder's list of kinds is the same. */
export function useCatalogue(): UseQueryResult<Catalogue, unknown> {
  return api.useQuery('get', '/api/insight/catalog', undefined, { staleTime: 60_000 }) as UseQueryResult<Catalogue, unknown>
}
