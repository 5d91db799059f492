import { Input, Segmented, Select } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api/client'
import { useFormat } from '../../../shared/format'
import { update } from './editing'
import { Line, SpanInput } from './inputs'
import type { StepFormProps } from './StepForm'

/** A message: its words with their variables, what it is for, and until when it is worth sending. */
export function MessageForm({ definition, step, onChange }: StepFormProps) {
  const { t } = useTranslation('journeyEditor')
  const format = useFormat()
  const area = useRef<TextAreaRef>(null)
  const variables = api.useQuery('get', '/api/journeys/variables', undefined, { staleTime: 300_000 })
  const links = api.useQuery('get', '/api/content/links', { params: { query: { state: 'open', size: 200 } } }, { staleTime: 60_000 })
  const surveys = api.useQuery('get', '/api/content/surveys', { params: { query: { size: 200 } } }, { staleTime: 60_000 })
  const asked = (surveys.data?.items ?? []).filter(({ state }) => state === 'open')
  const message = step.message ?? { text: '' }
  const put = (part: Partial<typeof message>, mark?: string) =>
    onChange(update(definition, { ...step, message: { ...message, ...part } }), mark)
  const write = (variable: string) => {
    const at = area.current?.resizableTextArea?.textArea.selectionStart ?? message.text.length
    put({ text: `${message.text.slice(0, at)}{${variable}}${message.text.slice(at)}` })
  }
  return (
    <>
      <Line label={t('text')}>
        <Input.TextArea
          ref={area}
          value={message.text}
          aria-label={t('text')}
          placeholder={t('textExample')}
          autoSize={{ minRows: 5, maxRows: 14 }}
          maxLength={4000}
          onChange={(event) => put({ text: event.target.value }, `${step.id}.text`)}
        />
        <Select
          size="small"
          aria-label={t('variable')}
          placeholder={t('variable')}
          value={null}
          style={{ width: 160 }}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={(name: string | null) => name !== null && write(name)}
          options={(variables.data ?? []).map((each) => ({
            value: each.name,
            label: format.named({ name_zh: each.zh, name_en: each.en }),
          }))}
        />
        {(links.data?.total ?? 0) > 0 && (
          <Select
            size="small"
            aria-label={t('link')}
            placeholder={t('link')}
            value={null}
            style={{ width: 160 }}
            showSearch={{ optionFilterProp: 'label' }}
            onChange={(key: string | null) => key !== null && write(`link:${key}`)}
            options={links.data?.items.map(({ key, title }) => ({ value: key, label: title })) ?? []}
          />
        )}
        {asked.length > 0 && (
          <Select
            size="small"
            aria-label={t('survey')}
            placeholder={t('survey')}
            value={null}
            style={{ width: 160 }}
            showSearch={{ optionFilterProp: 'label' }}
            onChange={(key: string | null) => key !== null && write(`survey:${key}`)}
            options={asked.map(({ key, title }) => ({ value: key, label: title }))}
          />
        )}
      </Line>
      <Line label={t('purpose')}>
        <Segmented
          size="small"
          value={message.purpose ?? 'marketing'}
          onChange={(purpose) => put({ purpose })}
          options={(['marketing', 'service', 'transactional'] as const).map((each) => ({
            value: each,
            label: t(`purposes.${each}`),
          }))}
        />
      </Line>
      <Line label={t('valid')}>
        <SpanInput label={t('valid')} value={message.valid ?? '1d'} onChange={(valid) => valid && put({ valid })} />
      </Line>
    </>
  )
}
