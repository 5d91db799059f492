import { Button, Checkbox, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { asChoice, asTag, useTagChoices } from '../links/tagChoices'
import { isChoice, valuesOf, withOption, type Question } from './survey'

interface Props {
  n: number
  question: Question
  earlier: readonly Question[]
  isLast: boolean
  onChange: (question: Question) => void
  onMove: (to: number) => void
  onDrop: () => void
}

/** One question: its words, its answers, what they do, and whom it is asked. */
export function QuestionCard({ n, question, earlier, isLast, onChange, onMove, onDrop }: Props) {
  const { t } = useTranslation('surveys')
  const at = { n: n + 1 }
  const put = (part: Partial<Question>) => onChange({ ...question, ...part })
  return (
    <Card
      title={`${t('question', at)} · ${t(`kinds.${question.kind}`)}`}
      acts={
        <>
          <Button size="small" aria-label={t('up', at)} disabled={n === 0} onClick={() => onMove(n - 1)}>
            ↑
          </Button>
          <Button size="small" aria-label={t('down', at)} disabled={isLast} onClick={() => onMove(n + 1)}>
            ↓
          </Button>
          <Button size="small" danger aria-label={t('drop', at)} onClick={onDrop}>
            ×
          </Button>
        </>
      }
    >
      <div className="stack-8">
        <Input aria-label={t('label', at)} placeholder={t('label', at)} maxLength={200} value={question.label} onChange={(event) => put({ label: event.target.value })} />
        <Input aria-label={t('help')} placeholder={t('help')} maxLength={200} value={question.help} onChange={(event) => put({ help: event.target.value })} />
        {isChoice(question.kind) && <Options n={n} question={question} onChange={onChange} />}
        {question.kind === 'scale' && (
          <span className="line">
            <Input aria-label={t('low')} placeholder={t('low')} maxLength={40} style={{ width: 180 }} value={question.low} onChange={(event) => put({ low: event.target.value })} />
            <Input aria-label={t('high')} placeholder={t('high')} maxLength={40} style={{ width: 180 }} value={question.high} onChange={(event) => put({ high: event.target.value })} />
          </span>
        )}
        <span className="line">
          <Checkbox checked={question.optional} onChange={(event) => put({ optional: event.target.checked })}>
            {t('optional')}
          </Checkbox>
          {question.kind === 'phone' ? (
            <span className="sub">{t('phoneSealed')}</span>
          ) : (
            <Checkbox checked={question.personal} onChange={(event) => put({ personal: event.target.checked })}>
              {t('personal')}
            </Checkbox>
          )}
        </span>
        <Attribute question={question} onChange={onChange} />
        <ShownIf question={question} earlier={earlier} onChange={onChange} />
      </div>
    </Card>
  )
}

type Part = Pick<Props, 'question' | 'onChange'>

function Options({ n, question, onChange }: Part & { n: number }) {
  const { t } = useTranslation('surveys')
  const tags = useTagChoices()
  const options = question.options ?? []
  const put = (at: number, part: Partial<(typeof options)[number]>) =>
    onChange({ ...question, options: options.map((each, m) => (m === at ? { ...each, ...part } : each)) })
  return (
    <>
      {options.map((option, m) => (
        <span key={option.key} className="line" style={{ flexWrap: 'nowrap' }}>
          <Input
            aria-label={t('option', { n: n + 1, m: m + 1 })}
            placeholder={t('option', { n: n + 1, m: m + 1 })}
            maxLength={200}
            value={option.label}
            onChange={(event) => put(m, { label: event.target.value })}
          />
          <Select
            allowClear
            aria-label={`${t('optionTag')} ${m + 1}`}
            placeholder={t('optionTag')}
            style={{ width: 180, flex: 'none' }}
            options={tags}
            showSearch={{ optionFilterProp: 'label' }}
            value={option.tag ? asChoice(option.tag) : null}
            onChange={(choice: string | null | undefined) => put(m, { tag: choice ? asTag(choice) : null })}
          />
          <Button
            size="small"
            aria-label={t('dropOption', { m: m + 1 })}
            disabled={options.length <= 2}
            onClick={() => onChange({ ...question, options: options.filter((_, at) => at !== m) })}
          >
            ×
          </Button>
        </span>
      ))}
      <span>
        <Button size="small" onClick={() => onChange(withOption(question))}>
          {t('addOption')}
        </Button>
      </span>
    </>
  )
}

function Attribute({ question, onChange }: Part) {
  const { t } = useTranslation('surveys')
  const format = useFormat()
  const attributes = api.useQuery('get', '/api/people/attributes', undefined, { staleTime: 60_000 })
  return (
    <span className="line">
      <span className="sub">{t('attribute')}</span>
      <Select
        size="small"
        aria-label={t('attribute')}
        style={{ width: 200 }}
        showSearch={{ optionFilterProp: 'label' }}
        value={question.attribute ?? ''}
        onChange={(attribute) => onChange({ ...question, attribute })}
        options={[
          { value: '', label: t('attributeNone') },
          ...(attributes.data ?? []).map((each) => ({ value: each.key, label: format.named(each) })),
        ]}
      />
    </span>
  )
}

function ShownIf({ question, earlier, onChange }: Part & { earlier: readonly Question[] }) {
  const { t } = useTranslation('surveys')
  const able = earlier.filter((each) => valuesOf(each).length > 0)
  const shown = question.show_if
  const before = able.find(({ key }) => key === shown?.question)
  if (able.length === 0) return null
  const labelOf = (value: string | number) => before?.options?.find(({ key }) => key === value)?.label ?? String(value)
  return (
    <span className="line">
      <span className="sub">{t('showIf')}</span>
      <Select
        size="small"
        aria-label={t('showIf')}
        style={{ width: 240 }}
        value={shown?.question ?? ''}
        onChange={(key) => {
          const first = able.find((each) => each.key === key)
          onChange({ ...question, show_if: first ? { question: key, any: valuesOf(first).slice(0, 1) } : null })
        }}
        options={[{ value: '', label: t('always') }, ...able.map(({ key, label }) => ({ value: key, label: t('onlyIf', { question: label }) }))]}
      />
      {shown && before && (
        <Select
          size="small"
          mode="multiple"
          aria-label={t('showValues')}
          style={{ minWidth: 200 }}
          value={shown.any}
          onChange={(any) => any.length > 0 && onChange({ ...question, show_if: { ...shown, any } })}
          options={valuesOf(before).map((value) => ({ value, label: labelOf(value) }))}
        />
      )}
    </span>
  )
}
