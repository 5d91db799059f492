import { Alert, Button, Checkbox, Input, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, http } from '../../api/client'
import { useAct } from '../../shared/act'
import { asProblem } from '../../shared/PageState'
import type { Card } from './Who'

/** Two records are one person, or one record is two people: both are said here, and both can be taken back. */
export function MergeCustomer({ customer, onClose }: { customer: Card; onClose: () => void }) {
  const { t } = useTranslation('customers')
  return (
    <Modal open title={t('mergeTitle', { name: customer.name })} footer={null} onCancel={onClose} width={560}>
      <div className="stack">
        <MergePart customer={customer} onClose={onClose} />
        {customer.identities.length > 1 && <SplitPart customer={customer} onClose={onClose} />}
      </div>
    </Modal>
  )
}

function MergePart({ customer, onClose }: { customer: Card; onClose: () => void }) {
  const { t } = useTranslation('customers')
  const navigate = useNavigate()
  const [search, setSearch] = useState('')
  const [other, setOther] = useState<number | null>(null)
  const found = api.useQuery(
    'get',
    '/api/people/customers',
    { params: { query: { search, size: 8 } } },
    { enabled: search !== '' },
  )
  const merge = useAct(
    async (withCid: number) => {
      const { data } = await http.POST('/api/people/customers/{cid}/merge', {
        params: { path: { cid: customer.cid } },
        body: { with_cid: withCid },
      })
      return data?.cid ?? customer.cid
    },
    {
      done: t('mergedDone'),
      stale: ['/api/people/customers'],
      then: (cid) => {
        onClose()
        void navigate(`/customers/${cid}`)
      },
      quiet: true,
    },
  )
  return (
    <section className="stack-8">
      <h3>{t('mergeHead')}</h3>
      <p className="sub">{t('mergeText')}</p>
      <Input.Search placeholder={t('search')} aria-label={t('search')} onSearch={(text) => setSearch(text.trim())} />
      <Radio.Group
        value={other}
        onChange={(event) => setOther(event.target.value as number)}
        options={found.data?.items
          .filter(({ cid }) => cid !== customer.cid)
          .map(({ cid, name, identities }) => ({
            value: cid,
            label: `${name || `#${cid}`} · ${identities[0]?.shown ?? `#${cid}`}`,
          }))}
        style={{ display: 'grid', gap: 4 }}
      />
      {merge.error && <Alert type="error" showIcon title={asProblem(merge.error).message} />}
      <div>
        <Button
          type="primary"
          disabled={other === null}
          loading={merge.isPending}
          onClick={() => other !== null && merge.mutate(other)}
        >
          {t('mergeAct')}
        </Button>
      </div>
    </section>
  )
}

function SplitPart({ customer, onClose }: { customer: Card; onClose: () => void }) {
  const { t } = useTranslation('customers')
  const [iids, setIids] = useState<number[]>([])
  const split = useAct(
    () => http.POST('/api/people/customers/{cid}/split', { params: { path: { cid: customer.cid } }, body: { iids } }),
    { done: t('splitDone'), stale: ['/api/people/customers'], then: onClose, quiet: true },
  )
  return (
    <section className="stack-8">
      <h3>{t('splitHead')}</h3>
      <p className="sub">{t('splitText')}</p>
      <Checkbox.Group
        value={iids}
        onChange={setIids}
        style={{ display: 'grid', gap: 4 }}
        options={customer.identities.map(({ iid, type, shown }) => ({
          value: iid,
          label: `${t(`identity.${type as 'phone'}`, { defaultValue: type })} ${shown}`,
        }))}
      />
      {split.error && <Alert type="error" showIcon title={asProblem(split.error).message} />}
      <div>
        <Button
          danger
          disabled={iids.length === 0 || iids.length === customer.identities.length}
          loading={split.isPending}
          onClick={() => split.mutate(undefined)}
        >
          {t('splitAct')}
        </Button>
      </div>
    </section>
  )
}
