import { Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Interval } from '../../shared/Interval'
import { Empty, Loaded } from '../../shared/PageState'
import type { Detail, Result } from './survey'

/** What was answered, question by question. */
export function Results({ survey }: { survey: Detail }) {
  const { t } = useTranslation('surveys')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const found = api.useQuery('get', '/api/content/surveys/{key}/results', { params: { path: { key: survey.key } } })
  return (
    <Loaded query={found} rows={8}>
      {({ answers, items }) =>
        answers === 0 ? (
          <Empty title={t('noResults')} text={t('noResultsText')} />
        ) : (
          <div className="stack">
            <div className="spread">
              <div>
                <div className="strong">{t('results', { n: format.count(answers) })}</div>
                <div className="sub">{t('resultsWhy')}</div>
              </div>
              {mayWrite && <Button href={`/api/content/surveys/${survey.key}/answers.csv`}>{t('export')}</Button>}
            </div>
            {items.map((item) => (
              <Card key={item.key} title={item.label} why={t('answers', { n: format.count(item.n) })}>
                <Answers result={item} />
              </Card>
            ))}
          </div>
        )
      }
    </Loaded>
  )
}

function Answers({ result }: { result: Result }) {
  const { t } = useTranslation('surveys')
  const format = useFormat()
  if (result.is_personal) return <p className="sub">{t('personalWhy')}</p>
  return (
    <div className="stack-8">
      {result.score ? <Nps score={result.score} n={result.n} /> : result.mean !== null && <span>{t('mean', { mean: format.count(result.mean, 1) })}</span>}
      {result.bars.map(({ value, label, n, share }) => (
        <div key={value} className="line" style={{ flexWrap: 'nowrap' }}>
          <span style={{ width: 160 }}>{label}</span>
          <Progress percent={share * 100} showInfo={false} aria-label={label} style={{ flex: 1, maxWidth: 480 }} />
          <span className="nowrap">{t('bar', { n: format.count(n), share: format.rate(share) })}</span>
        </div>
      ))}
      {result.texts.length > 0 && (
        <>
          <span className="sub">{t('latest')}</span>
          <ul>
            {result.texts.map((text, n) => (
              <li key={n}>{text}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function Nps({ score, n }: { score: NonNullable<Result['score']>; n: number }) {
  const { t } = useTranslation('surveys')
  const format = useFormat()
  const say = (value: number) => format.count(value, 0)
  const said = { nps: say(score.nps), low: say(score.low), high: say(score.high), n: format.count(n) }
  return (
    <div>
      <span className="line">
        <span className="strong">{t('nps', said)}</span>
        <Interval point={score.nps} low={score.low} high={score.high} scale={[-100, 100]} say={say} />
      </span>
      <div className="sub">{t('npsWhy', { promoters: format.count(score.promoters), detractors: format.count(score.detractors) })}</div>
    </div>
  )
}
