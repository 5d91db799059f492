import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import './listTexts'
import { UsedBy } from './UsedBy'

const RenameList = later(async () => (await import('./RenameList')).RenameList)
const UploadList = later(async () => (await import('./UploadList')).UploadList)

export type ListOut = components['schemas']['ListOut']

/** The people files name: every list with its newest file, who uses it, and the lines that named nobody. */
export function Lists() {
  const { t } = useTranslation('lists')
  const mayWrite = useMayWrite()
  const [uploading, setUploading] = useState<ListOut | 'new' | null>(null)
  const lists = api.useQuery('get', '/api/insight/lists')
  const add = mayWrite && (
    <Button type="primary" onClick={() => setUploading('new')}>
      {t('upload')}
    </Button>
  )
  return (
    <>
      <Loaded query={lists}>
        {({ items }) => (
          <div className="stack">
            <Sentence title={t('title', { n: items.length })} sub={t('sub')} acts={add} />
            {items.length === 0 ? (
              <Empty title={t('none')} text={t('noneText')} act={add} />
            ) : (
              <div className="card scroll-x">
                <table className="grid" aria-label={t('table')}>
                  <thead>
                    <tr>
                      <th>{t('name')}</th>
                      <th className="num">{t('size')}</th>
                      <th>{t('file')}</th>
                      <th>{t('users')}</th>
                      {mayWrite && <th>{t('acts')}</th>}
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((list) => (
                      <ListRow key={list.key} list={list} onReplace={() => setUploading(list)} />
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </div>
        )}
      </Loaded>
      {uploading !== null && <UploadList list={uploading === 'new' ? null : uploading} onClose={() => setUploading(null)} />}
    </>
  )
}

function ListRow({ list, onReplace }: { list: ListOut; onReplace: () => void }) {
  const { t } = useTranslation('lists')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const [renaming, setRenaming] = useState(false)
  const remove = useAct(() => http.DELETE('/api/insight/lists/{key}', { params: { path: { key: list.key } } }), {
    done: t('removed'),
    stale: ['/api/insight'],
  })
  return (
    <tr>
      <td>
        <span className="strong">{format.named(list)}</span>
        <div className="sub">{list.note === '' ? list.key : list.note}</div>
      </td>
      <td className="num strong">{format.people(list.n)}</td>
      <td>
        {list.file_name} <span className="sub">{t(`kinds.${list.kind as 'cid'}`)}</span>
        <div className="sub">
          {t('by', { at: format.moment(list.uploaded_at), by: list.by })} ·{' '}
          {list.missing === 0 ? (
            t('allFound')
          ) : mayWrite ? (
            <a href={`/api/insight/lists/${list.key}/misses`} download>
              {t('misses', { n: format.count(list.missing) })}
            </a>
          ) : (
            t('misses', { n: format.count(list.missing) })
          )}
        </div>
      </td>
      <td>{list.used_by.length === 0 ? <span className="sub">{t('nobody')}</span> : <UsedBy users={list.used_by} />}</td>
      {mayWrite && (
        <td className="nowrap">
          <Button size="small" onClick={onReplace}>
            {t('replace')}
          </Button>{' '}
          <Button size="small" onClick={() => setRenaming(true)}>
            {t('rename')}
          </Button>{' '}
          {renaming && <RenameList list={list} onClose={() => setRenaming(false)} />}
          <Popconfirm title={t('removeAsk')} onConfirm={() => remove.mutate(undefined)}>
            <Button size="small" danger loading={remove.isPending}>
              {t('remove')}
            </Button>
          </Popconfirm>
        </td>
      )}
    </tr>
  )
}
