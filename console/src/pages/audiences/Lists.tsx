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
import { UsedBy } from './UsedBy'

const UploadList = later(async () => (await import('./UploadList')).UploadList)

export type ListOut = components['schemas']['ListOut']

/** The people files name: every list with its newest file, who uses it, and the lines that named nobody. */
export function Lists() {
  const { t } = useTranslation('audiences')
  const mayWrite = useMayWrite()
  const [uploading, setUploading] = useState<ListOut | 'new' | null>(null)
  const lists = api.useQuery('get', '/api/insight/lists')
  const add = mayWrite && (
    <Button type="primary" onClick={() => setUploading('new')}>
      {t('lists.upload')}
    </Button>
  )
  return (
    <>
      <Loaded query={lists}>
        {({ items }) => (
          <>
            <Sentence title={t('lists.title', { n: items.length })} sub={t('lists.sub')} acts={add} />
            {items.length === 0 ? (
              <Empty title={t('lists.none')} text={t('lists.noneText')} act={add} />
            ) : (
              <div className="card scroll-x">
                <table className="grid" aria-label={t('tab.lists')}>
                  <thead>
                    <tr>
                      <th>{t('lists.name')}</th>
                      <th className="num">{t('lists.size')}</th>
                      <th>{t('lists.file')}</th>
                      <th>{t('lists.users')}</th>
                      {mayWrite && <th>{t('lists.acts')}</th>}
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
          </>
        )}
      </Loaded>
      {uploading !== null && <UploadList list={uploading === 'new' ? null : uploading} onClose={() => setUploading(null)} />}
    </>
  )
}

function ListRow({ list, onReplace }: { list: ListOut; onReplace: () => void }) {
  const { t } = useTranslation('audiences')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const remove = useAct(() => http.DELETE('/api/insight/lists/{key}', { params: { path: { key: list.key } } }), {
    done: t('lists.removed'),
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
        {list.file_name} <span className="sub">{t(`lists.kinds.${list.kind as 'cid'}`)}</span>
        <div className="sub">
          {t('lists.by', { at: format.moment(list.uploaded_at), by: list.by })} ·{' '}
          {list.missing === 0 ? (
            t('lists.allFound')
          ) : mayWrite ? (
            <a href={`/api/insight/lists/${list.key}/misses`} download>
              {t('lists.misses', { n: format.count(list.missing) })}
            </a>
          ) : (
            t('lists.misses', { n: format.count(list.missing) })
          )}
        </div>
      </td>
      <td>{list.used_by.length === 0 ? <span className="sub">{t('lists.nobody')}</span> : <UsedBy users={list.used_by} />}</td>
      {mayWrite && (
        <td className="nowrap">
          <Button size="small" onClick={onReplace}>
            {t('lists.replace')}
          </Button>{' '}
          <Popconfirm title={t('lists.removeAsk')} onConfirm={() => remove.mutate(undefined)}>
            <Button size="small" danger loading={remove.isPending}>
              {t('lists.remove')}
            </Button>
          </Popconfirm>
        </td>
      )}
    </tr>
  )
}
