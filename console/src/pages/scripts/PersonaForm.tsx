import { Form, Input, Modal, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { newKey } from '../../shared/keys'
import { Submit } from '../../shared/Submit'
import type { Persona } from './Personas'
import { STALE } from './script'

type Fields = Omit<components['schemas']['PersonaSpec'], 'key'>

/** A persona: its name, how it sounds, the words it likes and the ones it never says, and who speaks as it. */
export function PersonaForm({ persona, onClose }: { persona: Persona | null; onClose: () => void }) {
  const { t } = useTranslation('scripts')
  const staff = api.useQuery('get', '/api/org/staff', { params: { query: { size: 200 } } })
  const save = useAct(
    (fields: Fields) => {
      const key = persona?.key ?? newKey('persona')
      return http.PUT('/api/content/personas/{key}', { params: { path: { key } }, body: { key, ...fields } })
    },
    { done: t('personaSaved'), stale: STALE, then: onClose, quiet: true },
  )
  return (
    <Modal open title={t(persona ? 'personaEdit' : 'personaNew')} footer={null} onCancel={onClose}>
      <Form<Fields>
        layout="vertical"
        initialValues={{
          name_zh: persona?.name_zh ?? '',
          name_en: persona?.name_en ?? '',
          voice: persona?.voice ?? '',
          dos: persona?.dos ?? [],
          donts: persona?.donts ?? [],
          staff: persona?.staff.map(({ key }) => key) ?? [],
        }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <div className="columns-2">
          <Form.Item name="name_zh" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
            <Input maxLength={100} placeholder={t('personaExample')} />
          </Form.Item>
          <Form.Item name="name_en" label={t('nameEn')}>
            <Input maxLength={100} />
          </Form.Item>
        </div>
        <Form.Item name="voice" label={t('voice')}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 3 }} placeholder={t('voiceExample')} />
        </Form.Item>
        <Form.Item name="dos" label={t('dos')} extra={t('enterWhy')}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
        <Form.Item name="donts" label={t('donts')} extra={t('dontsWhy')}>
          <Select mode="tags" open={false} suffixIcon={null} />
        </Form.Item>
        <Form.Item name="staff" label={t('speakers')}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            options={(staff.data?.items ?? []).map(({ key, name }) => ({ value: key, label: name }))}
          />
        </Form.Item>
        <Submit act={save} />
      </Form>
    </Modal>
  )
}
