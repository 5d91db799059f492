import { Button, Drawer, Popconfirm, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { useFormat } from '../../shared/format'
import { Loaded } from '../../shared/PageState'
import { Current } from './Current'
import { Editor } from './Editor'
import { History } from './History'
import { KINDS, STALE, type Detail, type Kind } from './script'
import { ScriptForm } from './ScriptForm'

/** One script: its three kinds, each to be read, used, written and reviewed, and everything it ever said. */
export function ScriptDrawer({ script, onClose }: { script: string; onClose: () => void }) {
  const found = api.useQuery('get', '/api/content/scripts/{key}', { params: { path: { key: script } } })
  const { t } = useTranslation('scripts')
  return (
    <Drawer open onClose={onClose} title={found.data?.title ?? t('script')} size={960}>
      <Loaded query={found} rows={12}>
        {(detail) => <Opened detail={detail} onClose={onClose} />}
      </Loaded>
    </Drawer>
  )
}

function Opened({ detail, onClose }: { detail: Detail; onClose: () => void }) {
  const { t } = useTranslation('scripts')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const [describing, setDescribing] = useState(false)
  const [address, set] = useAddress({ kind: '' })
  const kind = KINDS.find((each) => each === address.kind) ?? detail.kinds[0]?.kind ?? 'stage'
  const stand = detail.kinds.find((each) => each.kind === kind)
  const remove = useAct(() => http.DELETE('/api/content/scripts/{key}', { params: { path: { key: detail.key } } }), {
    done: t('removed'),
    stale: STALE,
    then: onClose,
  })
  const places = [detail.stage, detail.psychology, detail.product].flatMap((each) => (each ? [format.named(each)] : []))
  const never = detail.history.every(({ state }) => state === 'draft' || state === 'in_review')
  return (
    <div className="stack">
      <div className="spread">
        <span className="sub">
          {[...places, ...(detail.persona ? [t('through', { name: format.named(detail.persona) })] : [])].join(' · ') ||
            t('noFolder')}
          {detail.note !== '' && <div>{detail.note}</div>}
        </span>
        {mayWrite && (
          <span className="line">
            <Button size="small" onClick={() => setDescribing(true)}>
              {t('describe')}
            </Button>
            {never && (
              <Popconfirm title={t('removeAsk')} onConfirm={() => remove.mutate(undefined)}>
                <Button size="small" danger>
                  {t('remove')}
                </Button>
              </Popconfirm>
            )}
          </span>
        )}
      </div>
      <Segmented<Kind>
        value={kind}
        onChange={(next) => set({ kind: next })}
        aria-label={t('kindsTitle')}
        options={KINDS.map((each) => ({ value: each, label: t(`kinds.${each}.name`) }))}
      />
      <p className="sub">{t(`kinds.${kind}.why`)}</p>
      {stand?.current && <Current key={stand.current.id} version={stand.current} persona={detail.persona?.key ?? ''} />}
      {mayWrite ? (
        <Editor key={`${kind}-${stand?.open?.id ?? 'new'}-${stand?.open?.state ?? ''}`} detail={detail} kind={kind} open={stand?.open ?? null} current={stand?.current ?? null} />
      ) : (
        !stand?.current && <p className="mute">{t('nothingToUse')}</p>
      )}
      <History versions={detail.history.filter((each) => each.kind === kind)} />
      {describing && <ScriptForm script={detail} onClose={() => setDescribing(false)} />}
    </div>
  )
}
