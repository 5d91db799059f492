import { Form, Input, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import { AXES, STALE, type Script } from './script'

interface Fields {
  title: string
  stage?: string
  psychology?: string
  product?: string
  persona?: string
  note: string
}

/** What a script is called, in which folders it lies, and through which persona it speaks. */
export function ScriptForm({ script, onClose, onSaved }: { script: Script | null; onClose: () => void; onSaved?: (key: string) => void }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const folders = api.useQuery('get', '/api/content/folders')
  const personas = api.useQuery('get', '/api/content/personas')
  const save = useAct(
    async ({ stage = '', psychology = '', product = '', persona = '', ...fields }: Fields) => {
      const key = script?.key ?? newKey('script')
      const body = { key, stage, psychology, product, persona, ...fields }
      if (script) await http.PUT('/api/content/scripts/{key}', { params: { path: { key } }, body })
      else await http.POST('/api/content/scripts', { body })
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
    <Modal open title={t(script ? 'describe' : 'new')} footer={null} onCancel={onClose}>
      <Form<Fields>
        layout="vertical"
        initialValues={{
          title: script?.title ?? '',
          stage: script?.stage?.key,
          psychology: script?.psychology?.key,
          product: script?.product?.key,
          persona: script?.persona?.key,
          note: script?.note ?? '',
        }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="title" label={t('scriptTitle')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input maxLength={100} placeholder={t('titleExample')} />
        </Form.Item>
        <div className="columns-2">
          {AXES.map((axis) => (
            <Form.Item key={axis} name={axis} label={t(`axes.${axis}`)}>
              <Select
                allowClear
                options={(folders.data?.items ?? [])
                  .filter((folder) => folder.axis === axis)
                  .map((folder) => ({ value: folder.key, label: format.named(folder) }))}
              />
            </Form.Item>
          ))}
          <Form.Item name="persona" label={t('persona')}>
            <Select
              allowClear
              options={(personas.data?.items ?? []).map((each) => ({ value: each.key, label: format.named(each) }))}
            />
          </Form.Item>
        </div>
        <Form.Item name="note" label={t('note')}>
          <Input maxLength={300} />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
