import { Button, Popconfirm } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { api, http } from '../../api/client'
import { useMayWrite, useSession } from '../../api/session'
import { useAct } from '../../shared/act'
import { Chip } from '../../shared/Chip'
import { Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Tabs } from '../../shared/Tabs'
import { Builder } from './Builder'
import { Rate } from './Rate'
import { Results } from './Results'
import { Send } from './Send'
import { STALE, TONES, type Detail } from './survey'

/** One survey: its questions, what was answered, and how to send it. */
export default function Survey() {
  const { t } = useTranslation('surveys')
  const { key = '' } = useParams()
  const found = api.useQuery('get', '/api/content/surveys/{key}', { params: { path: { key } } })
  return (
    <div className="body stack">
      <Link to="/surveys">{t('back')}</Link>
      <Loaded query={found} rows={12}>
        {(survey) => <Opened survey={survey} />}
      </Loaded>
    </div>
  )
}

function Opened({ survey }: { survey: Detail }) {
  const { t } = useTranslation('surveys')
  const mayWrite = useMayWrite()
  const { role } = useSession()
  const builder = {
    key: 'questions',
    label: t('tab.questions'),
    render: () => <Builder survey={survey} />,
    isAllowed: mayWrite,
  }
  const results = { key: 'results', label: t('tab.results'), render: () => <Results survey={survey} />, isAllowed: role !== 'staff' }
  const send = { key: 'send', label: t('tab.send'), render: () => <Send survey={survey} /> }
  return (
    <>
      <Sentence
        title={survey.title}
        sub={
          <span className="line">
            <Chip tone={TONES[survey.state]}>{t(`states.${survey.state}`)}</Chip>
            {survey.version > 0 && <Chip>{t('version', { n: survey.version })}</Chip>}
            {survey.version > 0 && survey.is_changed && <Chip tone="warn">{t('unpublished')}</Chip>}
            <Rate numbers={survey.numbers} />
          </span>
        }
        acts={mayWrite && survey.version > 0 && <Switch survey={survey} />}
      />
      <Tabs items={mayWrite ? [builder, results, send] : [send, results, builder]} />
    </>
  )
}

function Switch({ survey }: { survey: Detail }) {
  const { t } = useTranslation('surveys')
  const params = { path: { key: survey.key } }
  const close = useAct(() => http.POST('/api/content/surveys/{key}/close', { params }), { done: t('closed'), stale: STALE })
  const reopen = useAct(() => http.POST('/api/content/surveys/{key}/reopen', { params }), { done: t('reopened'), stale: STALE })
  if (survey.state === 'closed') return <Button onClick={() => reopen.mutate(undefined)}>{t('reopen')}</Button>
  return (
    <Popconfirm title={t('closeAsk')} onConfirm={() => close.mutate(undefined)}>
      <Button danger>{t('close')}</Button>
    </Popconfirm>
  )
}
