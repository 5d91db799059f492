import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../../api/client'
import { useMayWork, useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { copy } from '../../shared/copy'
import { useFormat } from '../../shared/format'
import { CustomerSelect } from './CustomerSelect'
import { AsRead } from './Preview'
import { Rate } from './Rate'
import { placesOf, STALE, type Version } from './script'

/** The version everybody may use now: what it says, how often it wins, and saying it to a customer. */
export function Current({ version, persona }: { version: Version; persona: string }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const mayWork = useMayWork()
  const [cid, setCid] = useState<number | null>(null)
  const path = { version_id: version.id }
  const withdraw = useAct(() => http.POST('/api/content/versions/{version_id}/withdraw', { params: { path } }), {
    done: t('withdrawn'),
    stale: STALE,
  })
  const use = useAct(
    async (customer: number) => (await http.POST('/api/content/versions/{version_id}/use', { params: { path }, body: { cid: customer } })).data?.text ?? '',
    {
      done: t('used'),
      stale: ['/api/content/scripts'],
      then: (text) => void copy(text),
    },
  )
  return (
    <Card
      title={t('inUse', { n: version.n })}
      why={t('inUseSince', {
        at: format.moment(version.published_at),
        by: version.reviewed_by,
        until: version.expires_on === null ? t('forever') : t('until', { day: version.expires_on }),
      })}
      acts={
        mayWrite && (
          <Popconfirm title={t('withdrawAsk')} onConfirm={() => withdraw.mutate(undefined)}>
            <Button size="small">{t('withdraw')}</Button>
          </Popconfirm>
        )
      }
    >
      <div className="stack-8">
        {placesOf(version.kind).map((place) => (
          <div key={place}>
            {version.kind === 'psychology' && <div className="sub">{t(`places.${place}`)}</div>}
            <div className="message-preview">{version.texts[place]}</div>
          </div>
        ))}
        <div>
          {t('rate.title')} <Rate rate={version.win_rate} />
        </div>
        <div className="line" style={{ flexWrap: 'nowrap' }}>
          <CustomerSelect value={cid} onChange={setCid} label={t('useFor')} />
          {mayWork && (
            <Button disabled={cid === null} loading={use.isPending} onClick={() => cid !== null && use.mutate(cid)}>
              {t('use')}
            </Button>
          )}
        </div>
        {cid !== null && <AsRead kind={version.kind} texts={{ text: '', new: '', old: '', ...version.texts }} persona={persona} cid={cid} />}
      </div>
    </Card>
  )
}
