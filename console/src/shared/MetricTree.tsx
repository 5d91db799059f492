import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat, type Format } from './format'
import './metric-tree.css'

export type Unit = 'minor' | 'people' | 'rate' | 'orders'

export interface Metric {
  key: string
  parent: string | null
  label: string
  unit: Unit
  value: number | null
  previous: number | null
  /** What a rate is made of. */
  of?: { numerator: number; denominator: number }
  target?: number | null
  shouldBe?: number | null
}

/** A number in the metric's unit: ¥93.1万, 4,217 人, 5.2%, 1.31. */
export function sayMetric(format: Format, unit: Unit, value: number | null): string {
  switch (unit) {
    case 'minor':
      return format.money(value)
    case 'people':
      return format.people(value)
    case 'rate':
      return format.rate(value)
    case 'orders':
      return format.orders(value, 2)
  }
}

/** The difference from the period before: points for rates, per cent for the rest. */
export function sayDelta(format: Format, unit: Unit, value: number | null, previous: number | null): string {
  return unit === 'rate' ? format.points(value, previous) : format.change(value, previous)
}

/**
 * A product tree of up to four levels: the whole at the left, its factors beside it, and the parts of the one factor
 * that has any. `hot` marks the branch that explains most of the gap.
 */
export function MetricTree({ metrics, hot }: { metrics: Metric[]; hot?: string | null }) {
  const { t } = useTranslation()
  const below = (key: string) => metrics.filter(({ parent }) => parent === key)
  const card = (metric: Metric) => <MetricCard metric={metric} isHot={hot === metric.key} />
  const part = (metric: Metric) => {
    const pieces = below(metric.key)
    return (
      <li key={metric.key} className={`mtree-part ${pieces.length > 0 ? 'wide' : ''}`}>
        {card(metric)}
        {pieces.length > 0 && (
          <ul className="mtree-pieces">
            {pieces.map((piece) => (
              <li key={piece.key}>{card(piece)}</li>
            ))}
          </ul>
        )}
      </li>
    )
  }
  return (
    <ul className="mtree" aria-label={t('tree.label')}>
      {metrics
        .filter(({ parent }) => parent === null)
        .map((whole) => (
          <li key={whole.key} className="mtree-whole">
            {card(whole)}
            <ul className="mtree-factors" style={{ '--rows': below(whole.key).length } as CSSProperties}>
              {below(whole.key).map((factor) => (
                <li key={factor.key} className="mtree-factor">
                  {card(factor)}
                  {below(factor.key).length > 0 && <ul className="mtree-parts">{below(factor.key).map(part)}</ul>}
                </li>
              ))}
            </ul>
          </li>
        ))}
    </ul>
  )
}

function MetricCard({ metric, isHot }: { metric: Metric; isHot: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { unit, value, previous, of, target, shouldBe } = metric
  const delta = sayDelta(format, unit, value, previous)
  const tone = delta.startsWith('+') ? 'good' : delta.startsWith('−') ? 'bad' : 'mute'
  return (
    <div className={`mnode ${isHot ? 'hot' : ''}`}>
      <div className="small mute">{metric.label}</div>
      <div className="mnode-line">
        <span className="mnode-value" title={unit === 'minor' ? format.moneyExact(value) : undefined}>
          {sayMetric(format, unit, value)}
        </span>
        {unit === 'rate' && of && (
          <span className="mnode-of">
            {format.count(of.numerator)} / {format.count(of.denominator)}
          </span>
        )}
        <span className={`small ${tone}`} title={t('tree.before')}>
          {delta}
          <span className="visually-hidden">{t('tree.before')}</span>
        </span>
      </div>
      {target != null && target > 0 && (
        <>
          <div className="small mute">{t('tree.target', { target: sayMetric(format, unit, target) })}</div>
          <Progress value={value ?? 0} target={target} mark={shouldBe ?? null} />
        </>
      )}
    </div>
  )
}

/** How far towards the target, with the line where it should be by now. */
export function Progress({ value, target, mark }: { value: number; target: number; mark: number | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const share = Math.max(0, value / target)
  const label =
    mark === null
      ? t('tree.progress', { share: format.rate(share) })
      : t('tree.progressOf', { share: format.rate(share), mark: format.rate(mark / target) })
  return (
    <div className="mbar" role="img" aria-label={label} title={label}>
      <i style={{ width: `${Math.min(100, share * 100)}%` }} />
      {mark !== null && <u style={{ left: `${Math.min(100, (mark / target) * 100)}%` }} />}
    </div>
  )
}
