import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useMayWork } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { copy } from '../../shared/copy'
import { useMessage } from '../../shared/messages'
import { CustomerSelect } from '../scripts/CustomerSelect'
import { placeOf, STALE, type Detail } from './survey'

/** How to send it: by a message that names it, by hand to one customer, or as one address for anybody. */
export function Send({ survey }: { survey: Detail }) {
  const { t } = useTranslation('surveys')
  const message = useMessage()
  const mayWork = useMayWork()
  const take = async (text: string) => {
    if (await copy(text)) void message.success(t('copied'))
  }
  if (survey.state !== 'open') return <Card title={t('notOpen')} />
  return (
    <div className="columns-2">
      <Card title={t('use')} why={t('useWhy')}>
        <span className="line">
          <code data-testid="place">{placeOf(survey.key)}</code>
          <Button size="small" onClick={() => void take(placeOf(survey.key))}>
            {t('copy')}
          </Button>
        </span>
      </Card>
      {mayWork && <ByHand survey={survey} />}
      {survey.url !== '' && (
        <Card title={t('common')} why={t('commonWhy')}>
          <Input readOnly value={survey.url} aria-label={t('common')} />
        </Card>
      )}
    </div>
  )
}

function ByHand({ survey }: { survey: Detail }) {
  const { t } = useTranslation('surveys')
  const [cid, setCid] = useState<number | null>(null)
  const [url, setUrl] = useState('')
  const handOut = useAct(
    async (customer: number) =>
      (await http.POST('/api/content/surveys/{key}/hand-out', { params: { path: { key: survey.key } }, body: { cid: customer } })).data?.url ?? '',
    {
      done: t('handedOut'),
      stale: STALE,
      then: (made) => {
        setUrl(made)
        void copy(made)
      },
    },
  )
  return (
    <Card title={t('handOut')} why={t('handOutWhy')}>
      <div className="stack-8">
        <CustomerSelect
          value={cid}
          onChange={(next) => {
            setCid(next)
            setUrl('')
          }}
          label={t('handOutFor')}
        />
        <Button disabled={cid === null} loading={handOut.isPending} onClick={() => cid !== null && handOut.mutate(cid)}>
          {t('handOutAct')}
        </Button>
        {url !== '' && <Input readOnly value={url} aria-label={t('handedOutBy')} />}
      </div>
    </Card>
  )
}
