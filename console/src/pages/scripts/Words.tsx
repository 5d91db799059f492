import { Alert, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip, type Tone } from '../../shared/Chip'
import { asProblem, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { STALE } from './script'

type Word = components['schemas']['SensitiveWord']
type Fields = components['schemas']['WordSpec']

const LEVELS = ['blocking', 'warning', 'allowed'] as const
const TONES: Record<Word['level'], Tone> = { blocking: 'bad', warning: 'warn', allowed: 'good' }

/** The words no script may be published with: the shipped ones, and what the house says of them and adds. */
export function Words() {
  const { t } = useTranslation('scripts')
  const words = api.useQuery('get', '/api/content/words')
  const [search, setSearch] = useState('')
  return (
    <div className="stack">
      <Loaded query={words}>
        {({ items }) => {
          const shown = items.filter(({ word }) => word.toLowerCase().includes(search.trim().toLowerCase()))
          const blocking = items.filter(({ level }) => level === 'blocking').length
          return (
            <>
              <Sentence title={t('wordsTitle', { n: blocking })} sub={t('wordsSub')} />
              <WordForm />
              <Card
                title={t('wordsList')}
                acts={
                  <Input allowClear aria-label={t('wordSearch')} placeholder={t('wordSearch')} value={search} onChange={({ target }) => setSearch(target.value)} style={{ width: 200 }} />
                }
              >
                <WordTable words={shown} />
              </Card>
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

function WordForm() {
  const { t } = useTranslation('scripts')
  const [form] = Form.useForm<Fields>()
  const save = useAct((body: Fields) => http.PUT('/api/content/words', { body }), {
    done: t('wordSaved'),
    stale: STALE,
    then: () => form.resetFields(),
    quiet: true,
  })
  return (
    <Card title={t('wordAdd')} why={t('wordAddWhy')}>
      <Form<Fields> form={form} layout="inline" initialValues={{ word: '', level: 'blocking', cure: '' }} onFinish={(fields) => save.mutate(fields)}>
        <Form.Item name="word" label={t('word')} rules={[{ required: true, message: t('wordNeeded') }]}>
          <Input maxLength={40} style={{ width: 140 }} />
        </Form.Item>
        <Form.Item name="level" label={t('level')}>
          <Select options={LEVELS.map((level) => ({ value: level, label: t(`levels.${level}`) }))} style={{ width: 120 }} />
        </Form.Item>
        <Form.Item name="cure" label={t('cure')}>
          <Input maxLength={200} style={{ width: 260 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('act.save', { ns: 'common' })}
        </Button>
      </Form>
      {save.error !== null && <Alert type="error" showIcon title={asProblem(save.error).message} style={{ marginTop: 8 }} />}
    </Card>
  )
}

function WordTable({ words }: { words: Word[] }) {
  const { t } = useTranslation('scripts')
  const change = useAct((body: Fields) => http.PUT('/api/content/words', { body }), { done: t('wordSaved'), stale: STALE })
  const restore = useAct((word: string) => http.DELETE('/api/content/words', { params: { query: { word } } }), {
    done: t('wordRestored'),
    stale: STALE,
  })
  if (words.length === 0) return <p className="mute">{t('noneFound')}</p>
  return (
    <table className="grid">
      <thead>
        <tr>
          <th>{t('word')}</th>
          <th>{t('level')}</th>
          <th>{t('reason')}</th>
          <th>{t('cure')}</th>
          <th aria-label={t('change')} />
        </tr>
      </thead>
      <tbody>
        {words.map((each) => (
          <tr key={each.word}>
            <td className="strong">{each.word}</td>
            <td>
              <Chip tone={TONES[each.level]}>{t(`levels.${each.level}`)}</Chip>
            </td>
            <td>{t(`reasons.${each.reason}`)}</td>
            <td>{each.cure}</td>
            <td className="nowrap">
              {each.changed ? (
                <Button size="small" type="text" onClick={() => restore.mutate(each.word)} aria-label={t(each.shipped ? 'wordRestoreOf' : 'wordRemoveOf', { word: each.word })}>
                  {t(each.shipped ? 'wordRestore' : 'remove')}
                </Button>
              ) : (
                <Button size="small" type="text" onClick={() => change.mutate({ word: each.word, level: 'allowed', cure: '' })} aria-label={t('wordAllowOf', { word: each.word })}>
                  {t('wordAllow')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
