import { useTranslation } from 'react-i18next'
import { useFormat } from '../../shared/format'
import type { Survey } from './survey'

/** How many of those who opened it answered. */
export function Rate({ numbers }: { numbers: Survey['numbers'] }) {
  const { t } = useTranslation('surveys')
  const format = useFormat()
  if (numbers.rate === null) return <span className="mute">{t('unopened')}</span>
  return (
    <span className="nowrap">
      <span className="strong">{format.rate(numbers.rate)}</span>{' '}
      <span className="sub">{t('rateOf', { opened: format.count(numbers.opened), answered: format.count(numbers.answered) })}</span>
    </span>
  )
}
