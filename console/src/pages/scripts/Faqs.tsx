import { Button, Input, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { copy } from '../../shared/copy'
import { useFormat } from '../../shared/format'
import { useMessage } from '../../shared/messages'
import { Empty } from '../../shared/PageState'
import { QueryTable, type Column } from '../../shared/QueryTable'
import { Sentence } from '../../shared/Sentence'
import { usePaging } from '../../shared/usePaging'
import { FaqForm } from './FaqForm'
import { STALE } from './script'

export type Faq = components['schemas']['FaqOut']

/** The questions customers ask, with the answers that may be given. */
export function Faqs() {
  const { t } = useTranslation('scripts')
  const mayWrite = useMayWrite()
  const [form, setForm] = useState<'new' | Faq | null>(null)
  const { filters, query, paging, setFilters } = usePaging({ question: '' })
  const faqs = api.useQuery('get', '/api/content/faqs', { params: { query: { ...query, search: filters.question } } })
  const add = mayWrite && (
    <Button type="primary" onClick={() => setForm('new')}>
      {t('faqNew')}
    </Button>
  )
  return (
    <div className="stack">
      <Sentence title={t('faqsTitle', { n: faqs.data?.total ?? 0 })} sub={t('faqsSub')} acts={add} />
      <section className="card">
        <QueryTable
          name="faqs"
          query={faqs}
          columns={useColumns(setForm)}
          rowKey={({ key }) => key}
          paging={paging}
          bar={
            <Input.Search
              allowClear
              aria-label={t('faqSearch')}
              placeholder={t('faqSearch')}
              defaultValue={filters.question}
              onSearch={(question) => setFilters({ question })}
              style={{ width: 260 }}
            />
          }
          empty={
            filters.question === '' ? (
              <Empty title={t('noFaq')} text={t('noFaqText')} act={add} />
            ) : (
              <Empty title={t('noneFound')} text={t('noneFoundText')} />
            )
          }
        />
      </section>
      {form && <FaqForm faq={form === 'new' ? null : form} onClose={() => setForm(null)} />}
    </div>
  )
}

function useColumns(onEdit: (faq: Faq) => void): Column<Faq>[] {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const message = useMessage()
  const remove = useAct((key: string) => http.DELETE('/api/content/faqs/{key}', { params: { path: { key } } }), {
    done: t('faqRemoved'),
    stale: STALE,
  })
  const take = async (text: string) => {
    if (await copy(text)) void message.success(t('act.copied', { ns: 'common' }))
  }
  return [
    { key: 'question', title: t('question'), render: (row) => <span className="strong">{row.question}</span> },
    {
      key: 'answers',
      title: t('answers'),
      render: (row) => (
        <div className="stack-8">
          {row.answers.map((answer) => (
            <div key={answer} className="script-text">
              {answer}{' '}
              <Button size="small" type="text" onClick={() => void take(answer)}>
                {t('act.copy', { ns: 'common' })}
              </Button>
            </div>
          ))}
        </div>
      ),
    },
    { key: 'keywords', title: t('keywords'), render: (row) => row.keywords.join(' · ') || '—' },
    {
      key: 'changed',
      title: t('changed'),
      render: (row) => (
        <span className="sub nowrap">
          {format.day(row.changed_at)} {row.changed_by}
        </span>
      ),
    },
    {
      key: 'acts',
      title: '',
      render: (row) =>
        mayWrite && (
          <span className="line" style={{ flexWrap: 'nowrap' }}>
            <Button size="small" type="text" onClick={() => onEdit(row)} aria-label={t('faqEditOf', { question: row.question })}>
              {t('act.edit', { ns: 'common' })}
            </Button>
            <Popconfirm title={t('faqRemoveAsk')} onConfirm={() => remove.mutate(row.key)}>
              <Button size="small" type="text" danger>
                {t('remove')}
              </Button>
            </Popconfirm>
          </span>
        ),
    },
  ]
}
