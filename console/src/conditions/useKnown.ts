import { useMemo } from 'react'
import { api } from '../api/client'
import { useFormat } from '../shared/format'
import type { Named } from './catalogue'
import { useCatalogue } from './useCatalogue'

/** What people call the things data refers to by key; the key itself where nobody gave a name or it is gone. */
export interface Known {
  event: (key: string) => string
  tag: (key: string) => string
  /** 活跃度 高: a tag with one of its values. */
  tagged: (key: string, value?: string | null) => string
  audience: (key: string) => string
  attr: (key: string) => string
  model: (key: string) => string
  layer: (model: string, key: string) => string
  staff: (key: string) => string
  source: (key: string) => string
  journey: (key: string) => string
}

export function useKnown(): Known {
  const format = useFormat()
  const { data } = useCatalogue()
  const journeys = api.useQuery('get', '/api/journeys', undefined, { staleTime: 300_000 })
  return useMemo(() => {
    const nameIn = (list: readonly Named[] | undefined, key: string) => {
      const found = list?.find((each) => each.key === key)
      return found ? format.named(found) : key
    }
    const tag = (key: string) => nameIn(data?.tags, key)
    return {
      event: (key) => nameIn(data?.events, key),
      tag,
      tagged: (key, value) =>
        value ? `${tag(key)} ${nameIn(data?.tags.find((each) => each.key === key)?.options, value)}` : tag(key),
      attr: (key) => nameIn(data?.attrs, key),
      audience: (key) => nameIn(data?.audiences, key),
      model: (key) => nameIn(data?.layers, key),
      layer: (model, key) => nameIn(data?.layers.find((each) => each.key === model)?.layers, key),
      staff: (key) => nameIn(data?.staff, key),
      source: (key) => nameIn(data?.sources, key),
      journey: (key) => {
        const found = journeys.data?.items.find((each) => each.key === key)
        return found ? format.named({ name_zh: found.name, name_en: found.name_en }) : key
      },
    }
  }, [data, journeys.data, format])
}
