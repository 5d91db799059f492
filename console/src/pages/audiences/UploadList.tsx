import { InboxOutlined } from '@ant-design/icons'
import { Alert, Button, Form, Input, Modal, Select, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { asProblem } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import type { ListOut } from './Lists'

type Preview = components['schemas']['ListPreview']
type Kind = components['schemas']['ListAsk']['kind']

const KINDS = ['cid', 'phone', 'unionid', 'external_userid', 'member_no', 'customer_id', 'user_id', 'openid', 'email'] as const

interface Asked {
  file: File
  column: string
  kind: Kind
}

/** What travels: the contract calls a file a string. */
function formOf({ file, ...fields }: Asked & Record<string, string | File | undefined>): () => FormData {
  return () => {
    const form = new FormData()
    form.append('file', file)
    for (const [name, value] of Object.entries(fields)) form.append(name, value ?? '')
    return form
  }
}

/** A new list, or a new file of one there is: choose, see whom it names, keep it. */
export function UploadList({ list, onClose }: { list: ListOut | null; onClose: () => void }) {
  const { t } = useTranslation('lists')
  const format = useFormat()
  const [asked, setAsked] = useState<Asked | null>(null)
  const look = useAct(
    async (next: Asked) => {
      const { data } = await http.POST('/api/insight/lists/preview', {
        body: { file: '', column: next.column, kind: next.kind },
        bodySerializer: formOf({ ...next }),
      })
      return data
    },
    {
      quiet: true,
      then: (found) => found && setAsked((last) => last && { ...last, column: found.column, kind: found.kind as Kind }),
    },
  )
  const ask = (next: Asked) => {
    setAsked(next)
    look.mutate(next)
  }
  const save = useAct(
    async ({ name }: { name?: string }) => {
      if (asked === null) return
      if (list) {
        await http.POST('/api/insight/lists/{key}/file', {
          params: { path: { key: list.key } },
          body: { file: '', column: asked.column, kind: asked.kind },
          bodySerializer: formOf({ ...asked }),
        })
        return
      }
      const spec = { key: newKey('list'), name_zh: name ?? '', name_en: '', note: '' }
      await http.POST('/api/insight/lists', {
        body: { file: '', column: asked.column, kind: asked.kind, ...spec },
        bodySerializer: formOf({ ...asked, ...spec }),
      })
    },
    { done: t('saved', { n: format.count(look.data?.found ?? 0) }), stale: ['/api/insight'], then: onClose, quiet: true },
  )
  return (
    <Modal open width={640} title={t(list ? 'replace' : 'upload')} footer={null} onCancel={onClose}>
      {list && <p className="sub">{t('replaceText', { name: format.named(list) })}</p>}
      {look.error && <Alert type="error" showIcon title={asProblem(look.error).message} />}
      {asked === null || look.error ? (
        <Choose isReading={look.isPending} onFile={(file) => ask({ file, column: '', kind: '' })} />
      ) : (
        <div className="stack">
          {look.data === undefined ? (
            <p>{t('reading')}</p>
          ) : (
            <Found preview={look.data} asked={asked} onAsk={ask} onOther={() => setAsked(null)} />
          )}
          <Form<{ name?: string }> layout="vertical" onFinish={(fields) => save.mutate(fields)}>
            {!list && (
              <Form.Item
                name="name"
                label={t('called')}
                rules={[{ required: true, whitespace: true, message: t('nameNeeded') }]}
              >
                <Input placeholder={t('nameExample')} />
              </Form.Item>
            )}
            <Submit act={save} />
          </Form>
        </div>
      )}
    </Modal>
  )
}

function Choose({ isReading, onFile }: { isReading: boolean; onFile: (file: File) => void }) {
  const { t } = useTranslation('lists')
  return (
    <Upload.Dragger
      showUploadList={false}
      disabled={isReading}
      accept=".csv,.tsv,.txt,.xlsx,.gz"
      beforeUpload={(file) => {
        onFile(file)
        return false
      }}
    >
      <p className="ant-upload-drag-icon">
        <InboxOutlined />
      </p>
      <p>{isReading ? t('reading') : t('drop')}</p>
      <p className="sub">{t('dropHint')}</p>
    </Upload.Dragger>
  )
}

function Found({
  preview,
  asked,
  onAsk,
  onOther,
}: {
  preview: Preview
  asked: Asked
  onAsk: (next: Asked) => void
  onOther: () => void
}) {
  const { t } = useTranslation('lists')
  const format = useFormat()
  const count = (n: number) => format.count(n)
  return (
    <>
      <div className="line">
        <span>{asked.file.name}</span>
        <Button size="small" type="link" onClick={onOther}>
          {t('other')}
        </Button>
      </div>
      <div className="line">
        <Select
          aria-label={t('column')}
          value={preview.column}
          onChange={(column: string) => onAsk({ ...asked, column, kind: '' })}
          options={preview.columns.map((each) => ({ value: each, label: each }))}
          style={{ minWidth: 160 }}
        />
        <Select
          aria-label={t('kind')}
          value={preview.kind}
          onChange={(kind: string) => onAsk({ ...asked, column: preview.column, kind: kind as Kind })}
          options={KINDS.map((each) => ({ value: each, label: t(`kinds.${each}`) }))}
          style={{ minWidth: 180 }}
        />
      </div>
      <p className="strong" role="status">
        {t('found', {
          rows: count(preview.rows),
          found: count(preview.found),
          missing: count(preview.missing),
          doubled: count(preview.doubled),
        })}
      </p>
      {preview.misses.length + preview.doubles.length > 0 && <Odd preview={preview} />}
    </>
  )
}

/** The lines that name nobody, then those that name somebody again. */
function Odd({ preview }: { preview: Preview }) {
  const { t } = useTranslation('lists')
  const format = useFormat()
  const shown = preview.misses.length + preview.doubles.length
  return (
    <div style={{ maxHeight: 220, overflow: 'auto' }}>
      <table className="grid" aria-label={t('odd')}>
        <tbody>
          {preview.misses.map(({ line, code, value }) => (
            <tr key={line}>
              <td className="nowrap">{t('line', { n: line })}</td>
              <td>{t(`code.${code as 'missing'}`)}</td>
              <td>{value}</td>
            </tr>
          ))}
          {preview.doubles.map(({ line, first }) => (
            <tr key={line}>
              <td className="nowrap">{t('line', { n: line })}</td>
              <td colSpan={2}>{t('double', { n: first })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown < preview.missing + preview.doubled && <p className="sub">{t('firstOnes', { n: format.count(shown) })}</p>}
    </div>
  )
}
