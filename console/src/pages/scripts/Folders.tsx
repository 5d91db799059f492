import { Button, Form, Input, Modal, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { Loaded } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import { AXES, STALE, type Axis, type Folder } from './script'

type Chosen = Record<Axis, string>

/** The folders along the three axes; one of each axis narrows the list. */
export function Folders({ chosen, onChoose }: { chosen: Chosen; onChoose: (change: Partial<Chosen>) => void }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const folders = api.useQuery('get', '/api/content/folders')
  const [form, setForm] = useState<{ axis: Axis; folder: Folder | null } | null>(null)
  return (
    <nav className="card stack-8" aria-label={t('folders')}>
      <Loaded query={folders} rows={8}>
        {({ items }) =>
          AXES.map((axis) => (
            <div key={axis}>
              <div className="spread">
                <h2>{t(`axes.${axis}`)}</h2>
                {mayWrite && (
                  <Button size="small" type="text" onClick={() => setForm({ axis, folder: null })} aria-label={t('folderNew', { axis: t(`axes.${axis}`) })}>
                    ＋
                  </Button>
                )}
              </div>
              {items
                .filter((folder) => folder.axis === axis)
                .map((folder) => (
                  <div key={folder.key} className={`script-folder ${chosen[axis] === folder.key ? 'chosen' : ''}`}>
                    <button
                      type="button"
                      className="plain"
                      aria-pressed={chosen[axis] === folder.key}
                      onClick={() => onChoose({ [axis]: chosen[axis] === folder.key ? '' : folder.key })}
                    >
                      {format.named(folder)} <span className="sub">{folder.n}</span>
                    </button>
                    {mayWrite && chosen[axis] === folder.key && (
                      <Button size="small" type="text" onClick={() => setForm({ axis, folder })} aria-label={t('folderEdit', { name: format.named(folder) })}>
                        {t('act.edit', { ns: 'common' })}
                      </Button>
                    )}
                  </div>
                ))}
            </div>
          ))
        }
      </Loaded>
      {form && (
        <FolderForm {...form} onClose={() => setForm(null)} onRemoved={() => onChoose({ [form.axis]: '' })} />
      )}
    </nav>
  )
}

interface Fields {
  name_zh: string
  name_en: string
}

function FolderForm({ axis, folder, onClose, onRemoved }: { axis: Axis; folder: Folder | null; onClose: () => void; onRemoved: () => void }) {
  const { t } = useTranslation('scripts')
  const save = useAct(
    (fields: Fields) => http.POST('/api/content/folders', { body: { key: folder?.key ?? newKey('folder'), axis, ...fields } }),
    { done: t('folderSaved'), stale: STALE, then: onClose, quiet: true },
  )
  const remove = useAct((key: string) => http.DELETE('/api/content/folders/{key}', { params: { path: { key } } }), {
    done: t('folderRemoved'),
    stale: STALE,
    then: () => {
      onRemoved()
      onClose()
    },
  })
  return (
    <Modal open title={t('folderNew', { axis: t(`axes.${axis}`) })} footer={null} onCancel={onClose}>
      <Form<Fields>
        layout="vertical"
        initialValues={{ name_zh: folder?.name_zh ?? '', name_en: folder?.name_en ?? '' }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="name_zh" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="name_en" label={t('nameEn')}>
          <Input maxLength={100} />
        </Form.Item>
        <Submit act={save} />
      </Form>
      {folder && (
        <Popconfirm title={t('folderRemoveAsk')} onConfirm={() => remove.mutate(folder.key)}>
          <Button danger style={{ marginTop: 8 }}>
            {t('folderRemove')}
          </Button>
        </Popconfirm>
      )}
    </Modal>
  )
}
