import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useMessage } from './messages'
import { asProblem } from './PageState'

interface Outcome<Result> {
  /** What is said when it worked. */
  done?: string | ((result: Result) => string)
  /** API paths whose answers are stale afterwards. */
  stale?: string[]
  then?: (result: Result) => void
  /** Whether the caller shows the problem itself (in a form) instead of a message. */
  quiet?: boolean
}

/** One act of the reader: runs, says how it went, and refreshes what it changed. */
export function useAct<Args, Result>(run: (args: Args) => Promise<Result>, outcome: Outcome<Result> = {}) {
  const message = useMessage()
  const { t } = useTranslation()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async (result) => {
      const { done, stale = [], then } = outcome
      if (done !== undefined) void message.success(typeof done === 'function' ? done(result) : done)
      await Promise.all(
        stale.map((path) => queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith(path) })),
      )
      then?.(result)
    },
    onError: (error) => {
      if (outcome.quiet) return
      const problem = asProblem(error)
      void message.error(problem.message || t(problem.status === 0 ? 'state.network.text' : 'state.error.text'))
    },
  })
}
