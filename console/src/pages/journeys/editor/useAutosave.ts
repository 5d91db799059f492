import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { http } from '../../../api/client'
import type { components } from '../../../api/schema'
import { asProblem } from '../../../shared/PageState'
import type { Definition } from '../definition'

type Problem = Pick<components['schemas']['ProblemOut'], 'place' | 'message'>

/** How the draft stands: kept as it is drawn, on its way, or not kept since its form is not right yet. */
export interface Kept {
  state: 'same' | 'saving' | 'saved' | 'refused'
  /** What keeps it from being published; refused: from being kept. */
  problems: Problem[]
}

/** Long enough that typing does not save letter by letter. */
const REST = 600

/** Keeps the draft as it changes. Of answers that overtake each other the last question's counts. */
export function useAutosave(definition: Definition, first: Definition, onSaved: () => void): Kept {
  const [kept, setKept] = useState<Kept>({ state: 'same', problems: [] })
  const queries = useQueryClient()
  const written = JSON.stringify(definition)
  const last = useRef(JSON.stringify(first))
  const asked = useRef(0)
  const told = useRef(onSaved)
  useEffect(() => {
    told.current = onSaved
  })
  useEffect(() => {
    if (written === last.current) return
    const mine = ++asked.current
    const timer = setTimeout(() => {
      last.current = written
      setKept((before) => ({ ...before, state: 'saving' }))
      const body = JSON.parse(written) as Definition
      http.PUT('/api/journeys/{key}/draft', { params: { path: { key: body.key } }, body: { definition: { ...body } } }).then(
        async ({ data }) => {
          if (mine === asked.current) setKept({ state: 'saved', problems: data?.problems ?? [] })
          told.current()
          await queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/journeys') })
        },
        (error: unknown) => {
          const { place, message } = asProblem(error)
          if (mine === asked.current) setKept({ state: 'refused', problems: [{ place: place ?? '', message }] })
        },
      )
    }, REST)
    return () => clearTimeout(timer)
  }, [written, queries])
  return kept
}
