import { Button, Popconfirm } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { Card } from '../../shared/Card'
import { useAct } from '../../shared/act'
import { NumberLine } from '../../shared/NumberLine'
import { asProblem, Loaded } from '../../shared/PageState'

type Rule = components['schemas']['Holdout']
const PATH = '/api/evidence/holdout'
const OF = 10_000

/** The share of customers no journey treats: the only way to know what all of them together earn. */
export function Holdout() {
  const rule = api.useQuery('get', PATH)
  return <Loaded query={rule}>{(saved) => <Form key={JSON.stringify(saved)} saved={saved} />}</Loaded>
}

function Form({ saved }: { saved: Rule }) {
  const { t } = useTranslation('settings')
  const isOwner = useSession().role === 'owner'
  const [percent, setPercent] = useState((saved.share / OF) * 100)
  const [days, setDays] = useState(saved.window_days)
  const save = useAct(async (rule: Rule) => http.PUT(PATH, { body: rule }), { done: t('holdout.saved'), stale: [PATH], quiet: true })
  const share = Math.round((percent / 100) * OF)
  const changed = share !== saved.share || days !== saved.window_days
  return (
    <Card title={t('holdout.title')} why={t('holdout.why')}>
      <div className="line">
        <NumberLine
          label={t('holdout.share')}
          min={0}
          max={20}
          step={0.5}
          precision={1}
          suffix="%"
          value={percent}
          disabled={!isOwner}
          onValue={(value) => value !== null && setPercent(value)}
        />
        <NumberLine
          label={t('holdout.window')}
          unit={t('holdout.days')}
          min={7}
          max={365}
          value={days}
          disabled={!isOwner}
          onValue={(value) => value !== null && setDays(value)}
        />
      </div>
      <p className="sub">{t(saved.share > 0 ? 'holdout.on' : 'holdout.off', { rotation: saved.rotation })}</p>
      {save.error && (
        <p className="bad" role="alert">
          {asProblem(save.error).message}
        </p>
      )}
      {isOwner ? (
        <div className="line">
          <Button
            type="primary"
            disabled={!changed}
            loading={save.isPending}
            onClick={() => save.mutate({ share, window_days: days, rotation: saved.rotation })}
          >
            {t('holdout.save')}
          </Button>
          {saved.share > 0 && (
            <Popconfirm
              title={t('holdout.rotateAsk')}
              description={t('holdout.rotateEffect')}
              onConfirm={() => save.mutate({ ...saved, rotation: saved.rotation + 1 })}
            >
              <Button>{t('holdout.rotate')}</Button>
            </Popconfirm>
          )}
        </div>
      ) : (
        <p className="sub">{t('holdout.ownerOnly')}</p>
      )}
    </Card>
  )
}
