import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { later } from '../../shared/later'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { Swatch } from './Swatch'
import { TagView } from './TagView'

const TagForm = later(async () => (await import('./TagForm')).TagForm)

const GroupForm = later(async () => (await import('./GroupForm')).GroupForm)

export type Tag = components['schemas']['TagOut']
export type Group = components['schemas']['TagGroupOut']

/** Every tag with its definition, how many have it, and whether anything uses it. */
export default function Tags() {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const tags = api.useQuery('get', '/api/insight/tags')
  const groups = api.useQuery('get', '/api/insight/tag-groups')
  const [form, setForm] = useState<'new' | Tag | null>(null)
  const [group, setGroup] = useState<'new' | Group | null>(null)
  const [address, set] = useAddress({ tag: '' })
  const add = mayWrite && (
    <span className="line">
      <Button onClick={() => setGroup('new')}>{t('groupNew')}</Button>
      <Button type="primary" onClick={() => setForm('new')}>
        {t('new')}
      </Button>
    </span>
  )
  return (
    <div className="body">
      <Loaded query={tags} rows={10}>
        {({ items }) => {
          const idle = items.filter(({ used_by: users }) => users.length === 0).length
          const known = groups.data?.items ?? []
          const loose = items.filter(({ group }) => known.every(({ key }) => key !== group))
          const open = items.find(({ key }) => key === address.tag)
          return (
            <>
              <Sentence title={t('title', { n: items.length, idle: format.count(idle) })} sub={t('sub')} acts={add} />
              {items.length === 0 && <Empty title={t('none')} text={t('noneText')} act={add} />}
              {known.map((each) => (
                <GroupCard
                  key={each.key}
                  group={each}
                  groups={known}
                  tags={items.filter((tag) => tag.group === each.key)}
                  onOpen={(key) => set({ tag: key })}
                  onEdit={() => setGroup(each)}
                />
              ))}
              {loose.length > 0 && (
                <Card title={t('ungrouped')}>
                  <TagTable tags={loose} onOpen={(key) => set({ tag: key })} />
                </Card>
              )}
              {open && (
                <Drawer open onClose={() => set({ tag: '' })} title={format.named(open)} size={640}>
                  <TagView tag={open} onEdit={() => setForm(open)} onRemoved={() => set({ tag: '' })} />
                </Drawer>
              )}
            </>
          )
        }}
      </Loaded>
      {group && <GroupForm group={group === 'new' ? null : group} onClose={() => setGroup(null)} />}
      {form && <TagForm tag={form === 'new' ? null : form} onClose={() => setForm(null)} />}
    </div>
  )
}

/** The tags of a group, and what may be done with the group. */
function GroupCard({
  group,
  groups,
  tags,
  onOpen,
  onEdit,
}: {
  group: Group
  groups: Group[]
  tags: Tag[]
  onOpen: (key: string) => void
  onEdit: () => void
}) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const place = groups.indexOf(group)
  const name = format.named(group)
  const keys = groups.map(({ key }) => key)
  const order = useAct((keys: string[]) => http.POST('/api/insight/tag-groups/order', { body: { keys } }), {
    stale: ['/api/insight/tag-groups'],
  })
  const remove = useAct(() => http.DELETE('/api/insight/tag-groups/{key}', { params: { path: { key: group.key } } }), {
    done: t('groupRemoved'),
    stale: ['/api/insight/tag-groups'],
  })
  const moved = (by: 1 | -1) => {
    const next = keys.filter((key) => key !== group.key)
    next.splice(place + by, 0, group.key)
    order.mutate(next)
  }
  return (
    <Card
      title={
        <>
          <Swatch colour={group.colour} />
          {name} {group.exclusive && <Chip reason={t('exclusiveWhy')}>{t('exclusiveShort')}</Chip>}
        </>
      }
      why={group.note || undefined}
      acts={
        mayWrite && (
          <span className="line">
            <Button size="small" type="text" disabled={place === 0} aria-label={t('groupUp', { name })} icon={<ArrowUpOutlined aria-hidden />} onClick={() => moved(-1)} />
            <Button size="small" type="text" disabled={place === groups.length - 1} aria-label={t('groupDown', { name })} icon={<ArrowDownOutlined aria-hidden />} onClick={() => moved(1)} />
            <Button size="small" type="text" onClick={onEdit} aria-label={t('groupEditOf', { name })}>
              {t('act.edit', { ns: 'common' })}
            </Button>
          </span>
        )
      }
    >
      {tags.length > 0 ? (
        <TagTable tags={tags} onOpen={onOpen} />
      ) : (
        <p className="sub">
          {t('groupEmpty')}{' '}
          {mayWrite && (
            <Button size="small" danger onClick={() => remove.mutate(undefined)}>
              {t('groupRemove')}
            </Button>
          )}
        </p>
      )}
    </Card>
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
                  <Swatch colour={tag.colour} />
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
