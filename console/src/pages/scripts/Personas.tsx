import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { PersonaForm } from './PersonaForm'
import { STALE } from './script'

export type Persona = components['schemas']['PersonaOut']

/** As whom the house speaks: each persona with its voice, its words, and who speaks as it. */
export function Personas() {
  const { t } = useTranslation('scripts')
  const mayWrite = useMayWrite()
  const personas = api.useQuery('get', '/api/content/personas')
  const [form, setForm] = useState<'new' | Persona | null>(null)
  const add = mayWrite && (
    <Button type="primary" onClick={() => setForm('new')}>
      {t('personaNew')}
    </Button>
  )
  return (
    <div className="stack">
      <Loaded query={personas}>
        {({ items }) => (
          <>
            <Sentence title={t('personasTitle', { n: items.length })} sub={t('personasSub')} acts={add} />
            {items.length === 0 && <Empty title={t('noPersona')} text={t('noPersonaText')} act={add} />}
            {items.map((each) => (
              <PersonaCard key={each.key} persona={each} onEdit={() => setForm(each)} />
            ))}
          </>
        )}
      </Loaded>
      {form && <PersonaForm persona={form === 'new' ? null : form} onClose={() => setForm(null)} />}
    </div>
  )
}

function PersonaCard({ persona, onEdit }: { persona: Persona; onEdit: () => void }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const remove = useAct(() => http.DELETE('/api/content/personas/{key}', { params: { path: { key: persona.key } } }), {
    done: t('personaRemoved'),
    stale: STALE,
  })
  const staff = persona.staff.map(({ name }) => name)
  return (
    <Card
      title={format.named(persona)}
      why={t('personaUse', { n: persona.scripts, staff: staff.length > 0 ? format.list(staff) : t('nobody') })}
      acts={
        mayWrite && (
          <>
            <Button size="small" type="text" onClick={onEdit} aria-label={t('personaEditOf', { name: format.named(persona) })}>
              {t('act.edit', { ns: 'common' })}
            </Button>
            <Popconfirm title={t('personaRemoveAsk')} onConfirm={() => remove.mutate(undefined)}>
              <Button size="small" type="text" danger>
                {t('remove')}
              </Button>
            </Popconfirm>
          </>
        )
      }
    >
      <div className="stack-8">
        <p className="script-text">{persona.voice}</p>
        {persona.dos.length > 0 && (
          <div className="line">
            <span className="sub">{t('dos')}</span>
            {persona.dos.map((word) => (
              <Chip key={word} tone="good">
                {word}
              </Chip>
            ))}
          </div>
        )}
        {persona.donts.length > 0 && (
          <div className="line">
            <span className="sub">{t('donts')}</span>
            {persona.donts.map((word) => (
              <Chip key={word} tone="bad">
                {word}
              </Chip>
            ))}
          </div>
        )}
      </div>
    </Card>
  )
}
