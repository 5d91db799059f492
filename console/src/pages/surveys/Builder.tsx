import { Alert, Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Labelled } from '../../shared/Labelled'
import { asProblem, Empty } from '../../shared/PageState'
import { QuestionCard } from './QuestionCard'
import { isSame, isWorded, KINDS, moved, STALE, without, withQuestion, type Detail, type Spec } from './survey'

/** The questions and the words around them, kept as a draft, looked at, and published. */
export function Builder({ survey }: { survey: Detail }) {
  const { t } = useTranslation('surveys')
  const [spec, setSpec] = useState<Spec>(survey.definition)
  const [html, setHtml] = useState('')
  const isSaved = isSame(spec, survey.definition)
  const params = { path: { key: survey.key } }
  const save = useAct(async () => (await http.PUT('/api/content/surveys/{key}', { params, body: spec })).data, {
    done: t('saved'),
    stale: STALE,
    then: (kept) => kept && setSpec(kept.definition),
    quiet: true,
  })
  const publish = useAct(() => http.POST('/api/content/surveys/{key}/publish', { params }), { done: t('published'), stale: STALE, quiet: true })
  const preview = useAct(async () => (await http.POST('/api/content/surveys/preview', { body: spec })).data?.html ?? '', { then: setHtml })
  const problem = save.error ?? publish.error
  const questions = spec.questions ?? []
  const canKeep = isWorded(spec)
  return (
    <div className="columns-2">
      <div className="stack">
        <Words spec={spec} onChange={setSpec} />
        {questions.length === 0 && <Empty title={t('noQuestions')} text={t('noQuestionsText')} />}
        {questions.map((question, n) => (
          <QuestionCard
            key={question.key}
            n={n}
            question={question}
            earlier={questions.slice(0, n)}
            isLast={n === questions.length - 1}
            onChange={(next) => setSpec({ ...spec, questions: questions.map((each, at) => (at === n ? next : each)) })}
            onMove={(to) => setSpec(moved(spec, n, to))}
            onDrop={() => setSpec(without(spec, n))}
          />
        ))}
        <Card title={t('add')}>
          <span className="line">
            {KINDS.map((kind) => (
              <Button key={kind} size="small" onClick={() => setSpec(withQuestion(spec, kind))}>
                {t(`kinds.${kind}`)}
              </Button>
            ))}
          </span>
        </Card>
        {problem != null && <Alert type="error" showIcon title={asProblem(problem).message} />}
        <span className="line">
          <Button type={isSaved ? 'default' : 'primary'} disabled={isSaved || !canKeep} loading={save.isPending} onClick={() => save.mutate(undefined)}>
            {t('save')}
          </Button>
          <Button type={isSaved ? 'primary' : 'default'} disabled={!isSaved || !survey.is_changed} loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
            {t('publish')}
          </Button>
          {!canKeep ? <span className="sub">{t('words')}</span> : !isSaved && <span className="sub">{t('publishFirst')}</span>}
        </span>
      </div>
      <Card
        title={t('preview')}
        acts={
          <Button size="small" disabled={!canKeep} loading={preview.isPending} onClick={() => preview.mutate(undefined)}>
            {t('previewShow')}
          </Button>
        }
      >
        {html !== '' && <iframe title={t('preview')} sandbox="" srcDoc={html} style={{ width: '100%', maxWidth: 390, height: 640, border: '1px solid var(--line)' }} />}
      </Card>
    </div>
  )
}

/** What stands around the questions, and who may answer. */
function Words({ spec, onChange }: { spec: Spec; onChange: (spec: Spec) => void }) {
  const { t } = useTranslation('surveys')
  const gift = (text: string, coupon: string) =>
    onChange({ ...spec, incentive: text === '' && coupon === '' ? null : { script: spec.incentive?.script ?? '', text, coupon } })
  const [text, coupon] = [spec.incentive?.text ?? '', spec.incentive?.coupon ?? '']
  return (
    <Card>
      <div className="stack-8">
        <Labelled label={t('name')}>
          <Input aria-label={t('name')} maxLength={100} value={spec.title} onChange={(event) => onChange({ ...spec, title: event.target.value })} />
        </Labelled>
        <Labelled label={t('intro')}>
          <Input.TextArea
            aria-label={t('intro')}
            placeholder={t('introExample')}
            maxLength={1000}
            autoSize={{ minRows: 1, maxRows: 6 }}
            value={spec.intro}
            onChange={(event) => onChange({ ...spec, intro: event.target.value })}
          />
        </Labelled>
        <Labelled label={t('thanks')}>
          <Input aria-label={t('thanks')} maxLength={500} value={spec.thanks} onChange={(event) => onChange({ ...spec, thanks: event.target.value })} />
        </Labelled>
        <Labelled label={t('gift')}>
          <Input aria-label={t('gift')} placeholder={t('giftExample')} maxLength={200} value={text} onChange={(event) => gift(event.target.value, coupon)} />
        </Labelled>
        {text !== '' && (
          <Labelled label={t('coupon')}>
            <Input aria-label={t('coupon')} maxLength={64} value={coupon} onChange={(event) => gift(text, event.target.value)} />
            <span className="sub">{t('couponWhy')}</span>
          </Labelled>
        )}
        <Checkbox checked={spec.anonymous} onChange={(event) => onChange({ ...spec, anonymous: event.target.checked })}>
          {t('anonymous')} <span className="sub">{t('anonymousWhy')}</span>
        </Checkbox>
        <Checkbox checked={spec.again} onChange={(event) => onChange({ ...spec, again: event.target.checked })}>
          {t('again')}
        </Checkbox>
      </div>
    </Card>
  )
}
