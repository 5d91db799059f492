import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { TagView } from './TagView'

const TagForm = later(async () => (await import('./TagForm')).TagForm)

export type Tag = components['schemas']['TagOut']

/** Every tag with its definition, how many have it, and whether anything uses it. */
export default function Tags() {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const tags = api.useQuery('get', '/api/insight/tags')
  const [form, setForm] = useState<'new' | Tag | null>(null)
  const [address, set] = useAddress({ tag: '' })
  const add = mayWrite && (
    <Button type="primary" onClick={() => setForm('new')}>
      {t('new')}
    </Button>
  )
  return (
    <div className="body">
      <Loaded query={tags} rows={10}>
        {({ items }) => {
          const idle = items.filter(({ used_by: users }) => users.length === 0).length
          const groups = [...new Set(items.map(({ group }) => group))]
          const open = items.find(({ key }) => key === address.tag)
          return (
            <>
              <Sentence title={t('title', { n: items.length, idle: format.count(idle) })} sub={t('sub')} acts={add} />
              {items.length === 0 && <Empty title={t('none')} text={t('noneText')} act={add} />}
              {groups.map((group) => (
                <Card key={group} title={group || t('ungrouped')}>
                  <TagTable tags={items.filter((tag) => tag.group === group)} onOpen={(key) => set({ tag: key })} />
                </Card>
              ))}
              {open && (
                <Drawer open onClose={() => set({ tag: '' })} title={format.named(open)} size={640}>
                  <TagView tag={open} onEdit={() => setForm(open)} onRemoved={() => set({ tag: '' })} />
                </Drawer>
              )}
            </>
          )
        }}
      </Loaded>
      {form && <TagForm tag={form === 'new' ? null : form} onClose={() => setForm(null)} />}
    </div>
  )
}

function TagTable({ tags, onOpen }: { tags: Tag[]; onOpen: (key: string) => void }) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th style={{ width: 160 }}>{t('tag')}</th>
            <th>{t('definition')}</th>
            <th style={{ width: 90 }}>{t('source')}</th>
            <th className="num" style={{ width: 100 }}>
              {t('people')}
            </th>
            <th className="num" style={{ width: 90 }}>
              {t('coverage')}
            </th>
            <th style={{ width: 90 }}>{t('use')}</th>
          </tr>
        </thead>
        <tbody>
          {tags.map((tag) => (
            <tr key={tag.key}>
              <td className="nowrap">
                <button type="button" className="plain strong good" onClick={() => onOpen(tag.key)}>
                  {format.named(tag)}
                </button>
              </td>
              <td>{tag.sentence || <span className="mute">{tag.note || t('byHand')}</span>}</td>
              <td className="nowrap">{t(`sources.${tag.source as 'rule'}`)}</td>
              <td className="num">{tag.count === null ? t('notYet') : format.people(tag.count)}</td>
              <td className="num">{format.rate(tag.share)}</td>
              <td>
                {tag.used_by.length === 0 ? (
                  <Chip tone="warn" reason={t('idleWhy')}>
                    {t('idle')}
                  </Chip>
                ) : (
                  <span className="sub">{t('usedBy', { n: tag.used_by.length })}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
