import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useKnown } from '../../conditions/useKnown'

export const STATE_TONES = { draft: 'plain', live: 'good', paused: 'warn', stopped: 'plain' } as const

/** Names of what a journey's definition refers to by key. */
export interface Names {
  event: (key: string) => string
  tagged: (key: string, value?: string | null) => string
  audience: (key: string) => string
  model: (key: string) => string
  layer: (model: string, key: string) => string
  attr: (key: string) => string
}

/** Events read as verbs in a journey (加好友, 购买); those of the house by the name of the tracking plan. */
export function useNames(): Names {
  const { t } = useTranslation('journeys')
  const known = useKnown()
  return useMemo(
    () => ({
      event: (key) => t(`event.${key as 'order_paid'}`, { defaultValue: known.event(key) }),
      tagged: known.tagged,
      audience: known.audience,
      model: known.model,
      layer: known.layer,
      attr: known.attr,
    }),
    [t, known],
  )
}
