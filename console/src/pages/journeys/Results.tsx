import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { ResultDetail } from '../../evidence/ResultDetail'
import { asProblem, Empty, Loaded } from '../../shared/PageState'
import { Splits } from './Splits'

export function Results({ journeyKey }: { journeyKey: string }) {
  const { t } = useTranslation('journeys')
  const result = api.useQuery('get', '/api/evidence/journeys/{key}', { params: { path: { key: journeyKey } } })
  const error: unknown = result.error
  if (error && asProblem(error).isMissing) return <Empty title={t('noResults')} text={t('noResultsText')} />
  return (
    <Loaded query={result} rows={10}>
      {(data) =>
        data.people.treated + data.people.control === 0 && data.left_out.open_treated + data.left_out.open_control === 0 ? (
          <Empty title={t('noResults')} text={t('noResultsText')} />
        ) : (
          <div className="stack">
            <ResultDetail result={data} />
            <Splits journeyKey={journeyKey} />
          </div>
        )
      }
    </Loaded>
  )
}
