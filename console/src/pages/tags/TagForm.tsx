import { Drawer, Form, Input, InputNumber, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { ConditionEditor } from '../../conditions/Editor'
import type { Condition } from '../../conditions/tree'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import type { Tag } from './Tags'

interface Fields {
  name_zh: string
  name_en: string
  group?: string | null
  note: string
  options: string[]
  expires_after_days: number | null
}

/** What named values are called; a value that is its own name needs no label. */
function labelsOf(options: Tag['options']): Record<string, { zh: string; en: string }> {
  const named = options.filter(({ key, name_zh: zh, name_en: en }) => zh !== key || en !== key)
  return Object.fromEntries(named.map(({ key, name_zh: zh, name_en: en }) => [key, { zh, en }]))
}

/** A new tag, or another definition of one: by hand, or by a condition that sets and removes it. */
export function TagForm({ tag, onClose }: { tag: Tag | null; onClose: () => void }) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const stored = (tag?.rule as Condition | null | undefined) ?? null
  const [rule, setRule] = useState<Condition | null>(stored)
  const [source, setSource] = useState<'manual' | 'rule'>(tag?.source === 'manual' ? 'manual' : 'rule')
  const groups = api.useQuery('get', '/api/insight/tag-groups')
  const save = useAct(
    async ({ options, ...fields }: Fields) => {
      const key = tag?.key ?? newKey('tag')
      const body = {
        ...fields,
        group: fields.group ?? '',
        key,
        source,
        colour: tag?.colour ?? '',
        value_kind: source === 'manual' && options.length > 0 ? ('choice' as const) : ('' as const),
        options: source === 'manual' ? options : [],
        labels: labelsOf(tag?.options.filter(({ key: value }) => options.includes(value)) ?? []),
        rule: source === 'rule' ? rule : null,
        expires_after_days: source === 'manual' ? fields.expires_after_days : null,
      }
      if (tag) await http.PUT('/api/insight/tags/{key}', { params: { path: { key } }, body })
      else await http.POST('/api/insight/tags', { body })
    },
    { done: t('saved'), stale: ['/api/insight'], then: onClose, quiet: true },
  )
  return (
    <Drawer open onClose={onClose} title={t(tag ? 'edit' : 'new')} size={720}>
      <Form<Fields>
        layout="vertical"
        initialValues={{
          name_zh: tag?.name_zh ?? '',
          name_en: tag?.name_en ?? '',
          group: tag?.group === '' ? null : tag?.group,
          note: tag?.note ?? '',
          expires_after_days: tag?.expires_after_days ?? null,
          options: tag?.options.map(({ key }) => key) ?? [],
        }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <div className="columns-2">
          <Form.Item name="name_zh" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
            <Input placeholder={t('nameExample')} />
          </Form.Item>
          <Form.Item name="name_en" label={t('nameEn')}>
            <Input />
          </Form.Item>
          <Form.Item name="group" label={t('group')} extra={t('groupWhy')}>
            <Select
              allowClear
              options={groups.data?.items.map((each) => ({ value: each.key, label: format.named(each) })) ?? []}
            />
          </Form.Item>
          <Form.Item name="note" label={t('note')} extra={t('noteWhy')}>
            <Input />
          </Form.Item>
        </div>
        <Form.Item label={t('how')}>
          <Radio.Group
            value={source}
            disabled={tag !== null}
            onChange={(event) => setSource(event.target.value as 'manual' | 'rule')}
            options={[
              { value: 'rule', label: t('howRule') },
              { value: 'manual', label: t('howManual') },
            ]}
          />
        </Form.Item>
        <Form.Item name="expires_after_days" label={t('term')} extra={t('termWhy')} hidden={source === 'rule'}>
          <InputNumber min={1} max={3650} suffix={t('termDays')} style={{ width: 160 }} />
        </Form.Item>
        <Form.Item name="options" label={t('options')} extra={t('optionsWhy')} hidden={source === 'rule'}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
        {source === 'rule' && <ConditionEditor narrow initial={stored} onChange={setRule} />}
        <Submit act={save} disabled={source === 'rule' && rule === null} />
      </Form>
    </Drawer>
  )
}
