import { useTranslation } from 'react-i18next'
import type { components } from '../../api/schema'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { useScheduleWords } from './useScheduleWords'

/** Live, scheduled (with its times on hover) or frozen. */
export function KindChip({ audience }: { audience: components['schemas']['AudienceOut'] }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const words = useScheduleWords()
  if (audience.frozen_at !== null) return <Chip tone="info">{t('frozenAt', { day: format.day(audience.frozen_at) })}</Chip>
  if (audience.schedule === null) return <Chip tone="good">{t('live')}</Chip>
  return (
    <Chip tone="warn" reason={words(audience.schedule)}>
      {t('scheduled')}
    </Chip>
  )
}
