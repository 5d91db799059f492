import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { http } from '../api/client'
import type { components } from '../api/schema'
import type { Condition } from './tree'

export type Count = components['schemas']['CountOut']
const PAUSE = 400

/** How many the condition selects, asked after each pause of 400 ms in editing. */
export function useCount(condition: Condition | null, isAsked: boolean) {
  const written = JSON.stringify(condition)
  const [settled, setSettled] = useState(written)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(written), PAUSE)
    return () => clearTimeout(timer)
  }, [written])
  const count = useQuery({
    queryKey: ['count', settled],
    queryFn: async ({ signal }) => {
      const body = { condition: JSON.parse(settled) as Condition }
      return (await http.POST('/api/insight/count', { body, signal })).data ?? null
    },
    enabled: isAsked && settled !== 'null',
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 30_000,
  })
  return { ...count, isSettled: settled === written && !count.isFetching }
}
