import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { components } from '../../api/schema'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Skeleton } from '../../shared/PageState'
import { Sparkline } from '../../shared/Sparkline'

const SizeChart = later(async () => (await import('./SizeChart')).SizeChart, <Skeleton rows={4} />)

/** How an audience grew and shrank over the last 30 days: a line first, the chart when asked for. */
export function Size({ audience }: { audience: components['schemas']['AudienceOut'] }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const known = audience.trend.flatMap(({ day, n }) => (n === null ? [] : [{ day, n }]))
  const [first] = known
  const last = known.at(-1)
  if (first === undefined || last === undefined || known.length < 2) return <p className="sub">{t('trendSoon')}</p>
  const by = last.n - first.n
  const title =
    by === 0
      ? t('trendFlat', { day: first.day })
      : t(by > 0 ? 'trendUp' : 'trendDown', { day: first.day, n: format.people(Math.abs(by)) })
  if (isOpen) return <SizeChart audienceKey={audience.key} name={format.named(audience)} title={title} known={known} />
  return (
    <div className="card line">
      <span className="strong">{title}</span>
      <Sparkline
        values={audience.trend.map(({ n }) => n)}
        label={t('trendOf', { from: format.count(first.n), to: format.people(last.n) })}
        width={280}
        height={40}
      />
      <Button size="small" onClick={() => setOpen(true)}>
        {t('trendMore')}
      </Button>
    </div>
  )
}
