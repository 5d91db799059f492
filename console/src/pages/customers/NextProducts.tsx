import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'

/** What this person is most likely to buy next, and because of what. */
export function NextProducts({ cid }: { cid: number }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const next = api.useQuery('get', '/api/insight/affinity/next/{cid}', { params: { path: { cid } } })
  return (
    <Card title={t('nextProducts')} why={t('nextProductsWhy')}>
      <Loaded query={next} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="sub">{t('noNextProducts')}</p>
          ) : (
            <ol className="plain-list">
              {items.map((item) => (
                <li key={item.product.key}>
                  <span className="strong">{item.product.name}</span>
                  <div className="sub">
                    {t(item.kind === 'again' ? 'nextAgain' : 'nextBecause', {
                      items: item.because.map(({ name }) => name).join(' + '),
                      day: format.day(item.last_day),
                      rate: format.rate(item.confidence),
                      lift: format.count(item.lift, 1),
                    })}
                    {item.due !== null && ` · ${t('nextDue', { day: format.day(item.due) })}`}
                  </div>
                </li>
              ))}
            </ol>
          )
        }
      </Loaded>
    </Card>
  )
}
