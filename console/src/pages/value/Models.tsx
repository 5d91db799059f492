import { useTranslation } from 'react-i18next'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import type { ValueReport } from './Value'

/** The two models as fitted: every parameter with its interval, and the assumption they share. */
export function Models({ report }: { report: ValueReport }) {
  const { t } = useTranslation('value')
  const format = useFormat()
  const rows = [
    ...report.buying.map((each) => ({ ...each, model: 'BG/NBD' })),
    ...report.spending.map((each) => ({ ...each, model: 'Gamma-Gamma' })),
  ]
  return (
    <Card
      title={t('modelsTitle', { spend: format.money(Math.round(report.mean_spend_minor)) })}
      why={
        report.correlation === null
          ? t('modelsWhyNone')
          : t(Math.abs(report.correlation) < 0.3 ? 'modelsWhy' : 'modelsWhyRelated', {
              r: format.count(report.correlation, 2),
            })
      }
    >
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th>{t('model')}</th>
              <th>{t('parameter')}</th>
              <th className="num">{t('estimate')}</th>
              <th className="num">{t('intervalHead')}</th>
              <th>{t('meaningHead')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, model, point, low, high }) => (
              <tr key={`${model}-${name}`}>
                <td className="nowrap">{model}</td>
                <td>{name}</td>
                <td className="num">{format.count(point, 3)}</td>
                <td className="num nowrap">{t('range', { low: format.count(low, 3), high: format.count(high, 3) })}</td>
                <td>{t(`meaning.${name as Name}`)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}

type Name = 'r' | 'alpha' | 'a' | 'b' | 'p' | 'q' | 'gamma'
