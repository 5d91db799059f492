import { useTranslation } from 'react-i18next'
import type { components } from '../../api/schema'
import { useFormat } from '../../shared/format'

/** How often a reply or an order followed, with its interval; said in words while there is too little to say. */
export function Rate({ rate }: { rate: components['schemas']['WinRate'] }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  if (rate.rate === null || rate.low === null || rate.high === null)
    return <span className="mute">{rate.uses === 0 ? t('rate.unused') : t('rate.early', { uses: rate.uses })}</span>
  return (
    <span className="nowrap">
      <span className="strong">{format.rate(rate.rate)}</span>{' '}
      <span className="sub">
        {t('rate.of', { low: format.rate(rate.low), high: format.rate(rate.high), wins: rate.wins, judged: rate.judged })}
      </span>
    </span>
  )
}
