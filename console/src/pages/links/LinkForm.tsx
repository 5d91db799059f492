import { DatePicker, Form, Input, Modal, Segmented, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useAct } from '../../shared/act'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import { KINDS, STALE, type Detail } from './link'
import { asChoice, asTag, useTagChoices } from './tagChoices'

interface Fields {
  kind: Detail['kind']
  title: string
  target?: string
  body?: string
  tags: string[]
  task: string
  days?: [Dayjs | null, Dayjs | null] | null
}

const asDay = (day: Dayjs | null | undefined) => day?.format('YYYY-MM-DD') ?? null

/** What a link shows, what an opening does, and on which days it opens. */
export function LinkForm({ link, onClose, onSaved }: { link: Detail | null; onClose: () => void; onSaved?: (key: string) => void }) {
  const { t } = useTranslation('links')
  const [form] = Form.useForm<Fields>()
  const kind = Form.useWatch('kind', form) ?? link?.kind ?? 'url'
  const tags = useTagChoices()
  const save = useAct(
    async ({ days, tags: chosen, target = '', body = '', ...fields }: Fields) => {
      const key = link?.key ?? newKey('link')
      const spec = {
        key,
        target,
        body,
        tags: chosen.map(asTag),
        from_day: asDay(days?.[0]),
        until_day: asDay(days?.[1]),
        ...fields,
      }
      if (link) await http.PUT('/api/content/links/{key}', { params: { path: { key } }, body: spec })
      else await http.POST('/api/content/links', { body: spec })
      return key
    },
    {
      done: t('saved'),
      stale: STALE,
      then: (key) => {
        onClose()
        onSaved?.(key)
      },
      quiet: true,
    },
  )
  return (
    <Modal open title={t(link ? 'edit' : 'new')} footer={null} onCancel={onClose} width={640}>
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{
          kind: link?.kind ?? 'url',
          title: link?.title ?? '',
          target: link?.target ?? '',
          body: link?.body ?? '',
          tags: link?.tags.map(asChoice) ?? [],
          task: link?.task ?? '',
          days: link && (link.from_day ?? link.until_day) ? [link.from_day && dayjs(link.from_day), link.until_day && dayjs(link.until_day)] : null,
        }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="kind" label={t('kind')} extra={t(`kinds.${kind}.why`)}>
          <Segmented disabled={link !== null} options={KINDS.map((each) => ({ value: each, label: t(`kinds.${each}.name`) }))} />
        </Form.Item>
        <Form.Item name="title" label={t('name')} rules={[{ required: true, whitespace: true, message: t('nameNeeded') }]}>
          <Input maxLength={100} placeholder={t('nameExample')} />
        </Form.Item>
        {kind === 'url' ? (
          <Form.Item name="target" label={t('target')} rules={[{ required: true, whitespace: true, message: t('targetNeeded') }]}>
            <Input maxLength={2000} placeholder="https://shop.example.com/spring" />
          </Form.Item>
        ) : (
          <Form.Item name="body" label={t('body')} extra={t('bodyWhy')} rules={[{ required: true, whitespace: true, message: t('bodyNeeded') }]}>
            <Input.TextArea maxLength={20_000} autoSize={{ minRows: 8, maxRows: 18 }} />
          </Form.Item>
        )}
        <Form.Item name="tags" label={t('tags')}>
          <Select mode="multiple" placeholder={t('tagsNone')} options={tags} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        <Form.Item name="task" label={t('task')} extra={t('taskWhy')}>
          <Input maxLength={200} placeholder={t('taskExample')} />
        </Form.Item>
        <Form.Item name="days" label={t('days')} extra={t('daysWhy')}>
          <DatePicker.RangePicker allowEmpty={[true, true]} />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
