import { Button, Drawer, Popconfirm, Select, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { ConditionEditor } from '../../conditions/Editor'
import type { Condition } from '../../conditions/tree'
import { useAct } from '../../shared/act'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import type { Tag } from './Tags'

/** A tag given to, or taken from, everybody a condition selects; and what was done so before, each to be undone. */
export function Bulk({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const [removing, setRemoving] = useState(false)
  const [condition, setCondition] = useState<Condition | null>(null)
  const [value, setValue] = useState<string | null>(tag.options[0]?.key ?? null)
  const body = { condition: condition ?? {}, value: removing ? null : value, removing }
  const path = { key: tag.key }
  const seen = api.useQuery('post', '/api/insight/tags/{key}/batches/preview', { params: { path }, body }, { enabled: condition !== null })
  const run = useAct(() => http.POST('/api/insight/tags/{key}/batches', { params: { path }, body }), {
    done: t('bulkDone'),
    stale: ['/api/insight'],
    quiet: true,
  })
  const change = seen.data?.change ?? 0
  return (
    <Drawer open onClose={onClose} title={t('bulkTitle', { name: format.named(tag) })} size={720}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          run.mutate(undefined)
        }}
      >
        <div className="line">
          <Segmented<boolean>
            aria-label={t('bulkKind')}
            value={removing}
            onChange={setRemoving}
            options={[
              { value: false, label: t('bulkGive') },
              { value: true, label: t('bulkTake') },
            ]}
          />
          {!removing && tag.options.length > 0 && (
            <Select
              aria-label={t('value')}
              value={value}
              onChange={setValue}
              style={{ minWidth: 140 }}
              options={tag.options.map((each) => ({ value: each.key, label: format.named(each) }))}
            />
          )}
        </div>
        <ConditionEditor narrow initial={null} onChange={setCondition} />
        {seen.data && (
          <p aria-live="polite" className="card calm">
            {t(removing ? 'bulkWouldTake' : 'bulkWouldGive', {
              people: format.people(seen.data.people),
              change: format.people(seen.data.change),
              same: format.people(seen.data.same),
            })}
            {seen.data.replaced > 0 && t('bulkReplaced', { n: format.people(seen.data.replaced) })}
          </p>
        )}
        <Submit
          act={run}
          label={t(removing ? 'bulkTakeFrom' : 'bulkGiveTo', { n: format.people(change) })}
          disabled={condition === null || change === 0}
          why={condition === null ? t('bulkWhom') : t('bulkNobody')}
        />
      </form>
      <Batches tag={tag} />
    </Drawer>
  )
}

function Batches({ tag }: { tag: Tag }) {
  const { t } = useTranslation('tags')
  const format = useFormat()
  const batches = api.useQuery('get', '/api/insight/tags/{key}/batches', { params: { path: { key: tag.key } } })
  const undo = useAct(
    async (number: number) => (await http.POST('/api/insight/tag-batches/{number}/undo', { params: { path: { number } } })).data,
    { done: (data) => (data ? t('undone', { back: format.people(data.back), left: format.people(data.left) }) : ''), stale: ['/api/insight'] },
  )
  return (
    <section style={{ marginTop: 24 }}>
      <h3>{t('batches')}</h3>
      <Loaded query={batches} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('noBatches')} text={t('noBatchesText')} />
          ) : (
            <ul className="stack" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
              {items.map((batch) => (
                <li key={batch.id} className="line" style={{ justifyContent: 'space-between' }}>
                  <span>
                    {t(batch.removing ? 'batchTook' : 'batchGave', { n: format.people(batch.changed), of: batch.of })}
                    <span className="sub">
                      {' '}
                      {batch.by} · {format.moment(batch.at)}
                    </span>
                  </span>
                  {batch.undone_at ? (
                    <Chip reason={`${batch.undone_by} · ${format.moment(batch.undone_at)}`}>{t('wasUndone')}</Chip>
                  ) : (
                    <Popconfirm title={t('undoAsk')} onConfirm={() => undo.mutate(batch.id)}>
                      <Button size="small">{t('undo')}</Button>
                    </Popconfirm>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}
