import { Alert, Button, Drawer, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, http } from '../../api/client'
import { useAct } from '../../shared/act'
import { asProblem, Loaded } from '../../shared/PageState'

/** A journey is also a file: change its YAML, keep it as the draft. */
export function FileEditor({ journey, onClose }: { journey: { key: string; name: string } | null; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const file = api.useQuery(
    'get',
    '/api/journeys/{key}/file',
    { params: { path: { key: journey?.key ?? '' } } },
    { enabled: journey !== null, staleTime: 0 },
  )
  return (
    <Drawer
      open
      size={720}
      onClose={onClose}
      title={journey ? t('editTitle', { name: journey.name }) : t('newTitle')}
    >
      {journey ? (
        <Loaded query={file}>{({ text }) => <Editor text={text} onClose={onClose} />}</Loaded>
      ) : (
        <Editor text="" onClose={onClose} />
      )}
    </Drawer>
  )
}

function Editor({ text: stored, onClose }: { text: string; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const navigate = useNavigate()
  const [text, setText] = useState(stored)
  const apply = useAct(async () => (await http.POST('/api/journeys/apply', { body: { text } })).data?.key ?? '', {
    done: t('draftSaved'),
    stale: ['/api/journeys'],
    then: (key) => {
      onClose()
      void navigate(`/journeys/${key}?show=draft`)
    },
    quiet: true,
  })
  const problem = apply.error && asProblem(apply.error)
  return (
    <div className="stack">
      <p className="sub">{t('editText')}</p>
      <Input.TextArea
        value={text}
        aria-label={t('editText')}
        onChange={(event) => setText(event.target.value)}
        autoSize={{ minRows: 20, maxRows: 34 }}
        spellCheck={false}
        style={{ fontFamily: 'ui-monospace, Menlo, Consolas, monospace', fontSize: 13 }}
      />
      {problem && (
        <Alert type="error" showIcon title={problem.place ? `${problem.place}: ${problem.message}` : problem.message} />
      )}
      <div>
        <Button type="primary" disabled={text.trim() === ''} loading={apply.isPending} onClick={() => apply.mutate(undefined)}>
          {t('saveDraft')}
        </Button>
      </div>
    </div>
  )
}
