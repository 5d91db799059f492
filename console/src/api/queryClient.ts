import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './problem'

/** Someone whose session has ended is taken to sign-in, wherever they were. */
function onError(error: Error): void {
  if (error instanceof Problem && error.isSignedOut) queryClient.setQueryData(['session'], null)
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (times, error) => times < 2 && error instanceof Problem && error.mayRetry,
    },
  },
})
