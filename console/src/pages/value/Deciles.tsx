import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useHouse } from '../../api/session'
import { Card } from '../../shared/Card'
import { DataChart } from '../../shared/DataChart'
import { useFormat } from '../../shared/format'
import { membersOf } from './members'
import type { ValueReport } from './Value'

/** Where the value lies: tenths of the customers from the most valuable down, and how likely each still buys. */
export function Deciles({ report }: { report: ValueReport }) {
  const { t } = useTranslation('value')
  const format = useFormat()
  const { currency } = useHouse()
  const { deciles, alive_tenths: tenths } = report
  const most = Math.max(...deciles.map(({ clv_minor }) => Math.abs(clv_minor)), 1)
  const unlikely = tenths.slice(0, 5).reduce((sum, n) => sum + n, 0)
  return (
    <>
      <Card title={t('decilesTitle')} why={t('decilesWhy', { months: report.settings.months })}>
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th>{t('tenth')}</th>
                <th className="num">{t('people')}</th>
                <th className="num">{t('least')}</th>
                <th className="num">{t('together')}</th>
                <th className="num">{t('share')}</th>
                <th style={{ width: '25%' }} aria-hidden />
                <th className="num">{t('likely')}</th>
                <th className="num">{t('ordersIn', { days: report.settings.days })}</th>
              </tr>
            </thead>
            <tbody>
              {deciles.map((each, at) => (
                <tr key={at}>
                  <td className="nowrap">{t('tenthNth', { n: at + 1 })}</td>
                  <td className="num">
                    <Link to={membersOf(each.lowest_minor, deciles[at - 1]?.lowest_minor ?? null, currency)}>
                      {format.people(each.customers)}
                    </Link>
                  </td>
                  <td className="num">{format.money(each.lowest_minor)}</td>
                  <td className="num">{format.money(Math.round(each.clv_minor))}</td>
                  <td className="num">{format.rate(each.share)}</td>
                  <td>
                    <div className="value-bar" style={{ width: `${(Math.abs(each.clv_minor) / most) * 100}%` }} />
                  </td>
                  <td className="num">{format.rate(each.p_alive)}</td>
                  <td className="num">{format.count(each.orders)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
      <DataChart
        title={t('aliveTitle', { n: format.people(unlikely), share: format.rate(unlikely / report.customers) })}
        definition={t('aliveDefinition')}
        name="value-alive"
        drawing={{
          kind: 'bar',
          categories: tenths.map((_, at) => `${at * 10}–${(at + 1) * 10}%`),
          series: [{ name: t('people'), colour: 'green', values: tenths }],
          say: (value) => format.count(value),
        }}
        head={[t('likely'), t('people')]}
        rows={tenths.map((n, at) => [`${at * 10}–${(at + 1) * 10}%`, n])}
        height={180}
      />
    </>
  )
}
