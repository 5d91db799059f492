import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { DataChart } from '../../shared/DataChart'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import { peopleWith } from './people'
import type { Tag } from './Tags'

/** How many had the tag day by day, and the tags found with it more often than by chance. */
export function Insight({ tag }: { tag: Tag }) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const insight = api.useQuery('get', '/api/insight/tags/{key}/insight', { params: { path: { key: tag.key } } })
  const itself = { tag: tag.key }
  return (
    <Loaded query={insight} rows={6}>
      {({ n, origins, trend, overlaps, as_of: asOf, ms }) => {
        const by = n - (trend[0]?.n ?? n)
        return (
          <div className="stack">
            {trend.length > 1 && (
              <DataChart
                title={
                  by === 0
                    ? t('trendFlat', { day: trend[0]?.day })
                    : t(by > 0 ? 'trendUp' : 'trendDown', { day: trend[0]?.day, n: format.people(Math.abs(by)) })
                }
                definition={t('trendDefinition')}
                name={`tag-${tag.key}`}
                height={180}
                drawing={{
                  kind: 'line',
                  categories: trend.map(({ day }) => day.slice(5)),
                  series: [{ name: format.named(tag), colour: 'green', values: trend.map((each) => each.n) }],
                  say: (value) => format.people(value),
                  whole: true,
                }}
                head={[t('day'), t('people')]}
                rows={trend.map((each) => [each.day, each.n])}
              />
            )}
            <Card title={t('overlapTitle')} why={t('overlapWhy')}>
              {overlaps.length === 0 ? (
                <p className="sub">{t('noOverlap')}</p>
              ) : (
                <table className="grid">
                  <thead>
                    <tr>
                      <th>{t('tag')}</th>
                      <th className="num">{t('both')}</th>
                      <th className="num">{t('shareOfThis')}</th>
                      <th className="num">{t('lift')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {overlaps.map((each) => (
                      <tr key={`${each.key} ${each.value?.key ?? ''}`}>
                        <td>
                          {format.named(each)}
                          {each.value && ` ${format.named(each.value)}`}
                        </td>
                        <td className="num">
                          <Link
                            to={peopleWith({
                              all: [itself, each.value ? { tag: each.key, op: 'eq', value: each.value.key } : { tag: each.key }],
                            })}
                          >
                            {format.people(each.both)}
                          </Link>
                        </td>
                        <td className="num">{format.rate(each.share)}</td>
                        <td className="num">{t('times', { n: format.count(each.lift, 1) })}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Card>
            {origins.length > 0 && (
              <p className="sub">
                {t('origin')}
                {origins.map((each) => t(`origins.${each.origin}`, { people: format.people(each.n) })).join(t('and'))}
              </p>
            )}
            {asOf != null && ms != null && (
              <p className="sub">{t('stand', { at: format.moment(asOf), seconds: format.count(ms / 1000, 1) })}</p>
            )}
          </div>
        )
      }}
    </Loaded>
  )
}
