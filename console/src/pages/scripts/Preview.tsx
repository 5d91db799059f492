import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import { CustomerSelect } from './CustomerSelect'
import type { Finding, Kind } from './script'

interface Props {
  kind: Kind
  texts: { text: string; new: string; old: string }
  persona: string
}

/** The texts as one customer would read them, and the sensitive words in them; asked after each pause. */
export function Preview({ kind, texts, persona }: Props) {
  const { t } = useTranslation('scripts')
  const [cid, setCid] = useState<number | null>(null)
  const still = useStill(JSON.stringify(texts))
  const asked = JSON.parse(still) as Props['texts']
  const isEmpty = Object.values(asked).every((text) => text.trim() === '')
  const check = useQuery({
    queryKey: ['content', 'check', still, persona],
    queryFn: async () => (await http.POST('/api/content/scripts/check', { body: { ...asked, persona } })).data?.findings ?? [],
    enabled: !isEmpty,
  })
  return (
    <aside className="stack-8" aria-label={t('preview')}>
      <CustomerSelect value={cid} onChange={setCid} label={t('previewFor')} />
      {cid !== null && !isEmpty && <AsRead kind={kind} texts={asked} persona={persona} cid={cid} />}
      {cid === null && <p className="sub">{t('previewWhy')}</p>}
      <Findings findings={isEmpty ? [] : (check.data ?? [])} />
    </aside>
  )
}

/** What one customer would read, and which variables have nothing to say of them. */
export function AsRead({ kind, texts, persona, cid }: Props & { cid: number }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const preview = useQuery({
    queryKey: ['content', 'preview', texts, persona, kind, cid],
    queryFn: async () => (await http.POST('/api/content/scripts/preview', { body: { ...texts, persona, kind, cid } })).data ?? null,
    placeholderData: (before) => before,
  })
  const names = new Map(preview.data?.values.map((each) => [each.key, format.named(each)]))
  return (
    <Loaded query={preview} rows={2}>
      {(data) =>
        data && (
          <>
            <div className="sub">{t(data.is_old ? 'isOld' : 'isNew', { name: data.customer || `#${cid}` })}</div>
            <div className="message-preview" data-testid="preview">
              {data.text}
            </div>
            {data.missing.length > 0 && (
              <div className="warn" role="status">
                {t('missing', { names: format.list(data.missing.map((name) => names.get(name) ?? name)) })}
              </div>
            )}
          </>
        )
      }
    </Loaded>
  )
}

function Findings({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation('scripts')
  if (findings.length === 0) return null
  return (
    <ul className="stack-8 small" aria-label={t('findings')} style={{ margin: 0, paddingLeft: 16 }}>
      {findings.map((each) => (
        <li key={`${each.place}-${each.start}`} className={each.blocking ? 'bad' : 'warn'}>
          {t(each.blocking ? 'blocks' : 'warns', { word: each.word, where: each.where, cure: each.cure })}
        </li>
      ))}
    </ul>
  )
}

/** A value once it has stood still for 400 ms. */
function useStill(value: string): string {
  const [still, setStill] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), 400)
    return () => clearTimeout(timer)
  }, [value])
  return still
}
