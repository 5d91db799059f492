import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { ResultsTable } from '../../evidence/ResultsTable'
import { Card } from '../../shared/Card'

/** What the variants of each split earned against its first one; nothing where the journey splits nobody. */
export function Splits({ journeyKey }: { journeyKey: string }) {
  const { t } = useTranslation('journeys')
  const splits = api.useQuery('get', '/api/evidence/journeys/{key}/splits', { params: { path: { key: journeyKey } } })
  const steps = [...new Set(splits.data?.map((each) => each.step))]
  return (
    <>
      {steps.map((step) => {
        const variants = splits.data?.filter((each) => each.step === step) ?? []
        const rows = variants.map((each) => ({ ...each.result, zh: each.variant, en: each.variant }))
        return (
          <Card key={step} title={t('splitTitle', { step })} why={t('splitWhy', { base: variants[0]?.base })}>
            <ResultsTable results={rows} what={t('variant')} isLinked={false} />
          </Card>
        )
      })}
    </>
  )
}
