import { Button, Dropdown, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWork } from '../../api/session'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'

type Knowledge = components['schemas']['Knowledge']

/** Layers and tags of one customer; a tag says on hover and focus why it is there. */
export function Known({ cid, knowledge }: { cid: number; knowledge: Knowledge }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const mayWork = useMayWork()
  return (
    <>
      {knowledge.layers.length > 0 && (
        <div>
          <div className="sub">{t('layers')}</div>
          {knowledge.layers.map((layer) => (
            <Tooltip key={layer.key} title={t('layerSince', { model: format.named(layer), day: format.day(layer.since) })}>
              <span className="chip good" tabIndex={0}>
                {format.language === 'en' ? layer.layer_en : layer.layer_zh}
              </span>{' '}
            </Tooltip>
          ))}
        </div>
      )}
      <div>
        <div className="spread">
          <span className="sub">{t('tags')}</span>
          {mayWork && <GiveTag cid={cid} />}
        </div>
        {knowledge.tags.length === 0 && <span className="sub">{t('noTags')}</span>}
        {knowledge.tags.map((tag) => (
          <Tooltip key={tag.key} title={<Why cid={cid} tagKey={tag.key} />}>
            <span className={`chip ${tag.source === 'manual' ? 'info' : ''}`} tabIndex={0}>
              {format.named(tag)}
              {tag.value !== null && tag.value !== '' && ` ${tag.value}`}
              {tag.until !== null && <span className="sub"> {t('tagUntil', { day: format.day(tag.until) })}</span>}
            </span>{' '}
          </Tooltip>
        ))}
      </div>
    </>
  )
}

/** Asked only when somebody looks. */
function Why({ cid, tagKey }: { cid: number; tagKey: string }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const reason = api.useQuery('get', '/api/insight/tags/{key}/reason', {
    params: { path: { key: tagKey }, query: { cid } },
  })
  if (!reason.data) return t('asking')
  if (reason.data.by) return t(reason.data.by === 'system' ? 'givenByJourney' : 'givenBy', { who: reason.data.by, day: format.day(reason.data.since) })
  return (
    <div>
      {reason.data.leaves.map((leaf) => (
        <div key={leaf.path}>
          {leaf.ok ? '✓' : '✗'} {leaf.sentence}
          {format.aside(leaf.found)}
        </div>
      ))}
    </div>
  )
}

function GiveTag({ cid }: { cid: number }) {
  const { t } = useTranslation('customers')
  const format = useFormat()
  const tags = api.useQuery('get', '/api/insight/tags')
  const give = useAct(
    ({ key, value }: { key: string; value: string | null }) =>
      http.POST('/api/insight/tags/{key}/add', { params: { path: { key } }, body: { cids: [cid], value } }),
    { done: t('tagGiven'), stale: ['/api/insight/customers', '/api/facts/customers'] },
  )
  const manual = tags.data?.items.filter(({ source }) => source === 'manual') ?? []
  if (manual.length === 0) return null
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: manual.map((tag) => ({
          key: tag.key,
          label: format.named(tag),
          ...(tag.options.length > 0
            ? {
                children: tag.options.map((option) => ({
                  key: `${tag.key}=${option.key}`,
                  label: format.named(option),
                  onClick: () => give.mutate({ key: tag.key, value: option.key }),
                })),
              }
            : { onClick: () => give.mutate({ key: tag.key, value: null }) }),
        })),
      }}
    >
      <Button size="small" type="link">
        {t('giveTag')}
      </Button>
    </Dropdown>
  )
}
