import { Checkbox, Form, Input, Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useAct } from '../../shared/act'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import { COLOURS, Swatch, type Colour } from './Swatch'
import type { Group } from './Tags'

interface Fields {
  name_zh: string
  name_en: string
  colour: Colour
  exclusive: boolean
  note: string
}

/** A group of tags: its name, its colour, and whether a customer has one tag of it at most. */
export function GroupForm({ group, onClose }: { group: Group | null; onClose: () => void }) {
  const { t } = useTranslation('tags')
  const save = useAct(
    async (fields: Fields) => {
      const key = group?.key ?? newKey('group')
      const body = { key, ...fields }
      if (group) await http.PUT('/api/insight/tag-groups/{key}', { params: { path: { key } }, body })
      else await http.POST('/api/insight/tag-groups', { body })
    },
    { done: t('groupSaved'), stale: ['/api/insight'], then: onClose, quiet: true },
  )
  return (
    <Modal open title={t(group ? 'groupEdit' : 'groupNew')} footer={null} onCancel={onClose}>
      <Form<Fields>
        layout="vertical"
        initialValues={{
          name_zh: group?.name_zh ?? '',
          name_en: group?.name_en ?? '',
          colour: group?.colour ?? '',
          exclusive: group?.exclusive ?? false,
          note: group?.note ?? '',
        }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="name_zh" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="name_en" label={t('nameEn')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="colour" label={t('colour')}>
          <Colours />
        </Form.Item>
        <Form.Item name="exclusive" valuePropName="checked" extra={t('exclusiveWhy')}>
          <Checkbox>{t('exclusive')}</Checkbox>
        </Form.Item>
        <Form.Item name="note" label={t('note')}>
          <Input maxLength={300} />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}

/** The colours there are, by mouse and by arrow keys. */
function Colours({ value, onChange }: { value?: Colour; onChange?: (colour: Colour) => void }) {
  const { t } = useTranslation('tags')
  return (
    <div className="line" role="radiogroup" aria-label={t('colour')}>
      {COLOURS.map((colour) => (
        <label key={colour} className="line" style={{ gap: 4 }}>
          <input type="radio" name="colour" checked={value === colour} onChange={() => onChange?.(colour)} />
          <Swatch colour={colour} />
          {t(`colours.${colour === '' ? 'none' : colour}`)}
        </label>
      ))}
    </div>
  )
}
