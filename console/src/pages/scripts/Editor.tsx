import { Alert, Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { asProblem } from '../../shared/PageState'
import { Preview } from './Preview'
import { placesOf, STALE, TONES, type Detail, type Kind, type Version } from './script'

type Place = 'text' | 'new' | 'old'

/** The wording being worked on: write, look, submit; in review, publish or give back. */
export function Editor({ detail, kind, open, current }: { detail: Detail; kind: Kind; open: Version | null; current: Version | null }) {
  const { t } = useTranslation('scripts')
  const begin = open ?? current
  const [texts, setTexts] = useState<Partial<Record<Place, string>>>(begin?.texts ?? {})
  const [expires, setExpires] = useState<string | null>(open?.expires_on ?? null)
  const [last, setLast] = useState<Place>(placesOf(kind)[0] ?? 'text')
  const waits = open?.state === 'in_review'
  const body = { text: texts.text ?? '', new: texts.new ?? '', old: texts.old ?? '' }
  return (
    <Card
      title={t(waits ? 'reviewing' : 'writing', { n: open?.n ?? (current?.n ?? 0) + 1 })}
      acts={open && <Chip tone={TONES[open.state]}>{t(`states.${open.state}`)}</Chip>}
    >
      <div className="script-editor">
        <div className="stack-8">
          {open?.remark && <Alert type="warning" showIcon title={t('remarkOf', { by: open.reviewed_by, remark: open.remark })} />}
          {placesOf(kind).map((place) => (
            <label key={place} className="stack-8">
              {t(`places.${place}`)}
              <Input.TextArea
                aria-label={t(`places.${place}`)}
                value={texts[place] ?? ''}
                readOnly={waits}
                maxLength={2000}
                showCount
                autoSize={{ minRows: 4, maxRows: 12 }}
                onFocus={() => setLast(place)}
                onChange={({ target }) => setTexts({ ...texts, [place]: target.value })}
              />
            </label>
          ))}
          {!waits && <Variables onInsert={(word) => setTexts({ ...texts, [last]: `${texts[last] ?? ''}{${word}}` })} />}
          <label className="line">
            {t('expires')}
            <Input
              type="date"
              aria-label={t('expires')}
              disabled={waits}
              value={expires ?? ''}
              onChange={({ target }) => setExpires(target.value === '' ? null : target.value)}
              style={{ width: 160 }}
            />
          </label>
          {waits && open ? (
            <Review detail={detail} version={open} />
          ) : (
            <Writing detail={detail} kind={kind} open={open} body={{ ...body, expires_on: expires }} />
          )}
        </div>
        <Preview kind={kind} texts={body} persona={detail.persona?.key ?? ''} />
      </div>
    </Card>
  )
}

function Writing({ detail, kind, open, body }: { detail: Detail; kind: Kind; open: Version | null; body: { text: string; new: string; old: string; expires_on: string | null } }) {
  const { t } = useTranslation('scripts')
  const path = { key: detail.key, kind }
  const write = async () => (await http.PUT('/api/content/scripts/{key}/drafts/{kind}', { params: { path }, body })).data
  const save = useAct(write, { done: t('draftSaved'), stale: STALE, quiet: true })
  const submit = useAct(
    async () => {
      const written = await write()
      const id = written?.kinds.find((each) => each.kind === kind)?.open?.id ?? open?.id ?? 0
      await http.POST('/api/content/versions/{version_id}/submit', { params: { path: { version_id: id } } })
    },
    { done: t('submitted'), stale: STALE, quiet: true },
  )
  const problem = submit.error ?? save.error
  const isEmpty = placesOf(kind).every((place) => body[place].trim() === '')
  return (
    <div className="stack-8">
      {problem != null && <Alert type="error" showIcon title={asProblem(problem).message} />}
      <div className="line">
        <Button disabled={isEmpty} loading={save.isPending} onClick={() => save.mutate(undefined)}>
          {t('saveDraft')}
        </Button>
        <Button type="primary" disabled={isEmpty} loading={submit.isPending} onClick={() => submit.mutate(undefined)}>
          {t('submit')}
        </Button>
      </div>
    </div>
  )
}

function Review({ detail, version }: { detail: Detail; version: Version }) {
  const { t } = useTranslation('scripts')
  const [remark, setRemark] = useState('')
  const path = { version_id: version.id }
  const publish = useAct(() => http.POST('/api/content/versions/{version_id}/publish', { params: { path } }), {
    done: t('published'),
    stale: STALE,
    quiet: true,
  })
  const back = useAct(() => http.POST('/api/content/versions/{version_id}/return', { params: { path }, body: { remark } }), {
    done: t('returned'),
    stale: STALE,
    quiet: true,
  })
  const problem = publish.error ?? back.error
  const mine = detail.needs_another && version.is_own
  return (
    <div className="stack-8">
      <p className="sub">{mine ? t('needsAnother') : t('submittedBy', { by: version.submitted_by })}</p>
      {problem != null && <Alert type="error" showIcon title={asProblem(problem).message} />}
      <Input aria-label={t('remark')} placeholder={t('remark')} maxLength={300} value={remark} onChange={({ target }) => setRemark(target.value)} />
      <div className="line">
        {!mine && (
          <Button type="primary" loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
            {t('publish')}
          </Button>
        )}
        <Button loading={back.isPending} onClick={() => back.mutate(undefined)}>
          {t('giveBack')}
        </Button>
      </div>
    </div>
  )
}

/** What may stand in braces; a click puts it at the end of the text last written in. */
function Variables({ onInsert }: { onInsert: (word: string) => void }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const { data } = api.useQuery('get', '/api/content/variables')
  return (
    <div className="line" role="group" aria-label={t('variables')}>
      <span className="sub">{t('variables')}</span>
      {(data?.items ?? []).map((each) => (
        <Button key={each.key} size="small" onClick={() => onInsert(format.language === 'en' ? each.key : each.name_zh)}>
          {format.named(each)}
        </Button>
      ))}
    </div>
  )
}
