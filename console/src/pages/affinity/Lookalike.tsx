import { Button, Form, Input, InputNumber, Modal, Segmented } from 'antd'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { asProblem, Failure, Skeleton } from '../../shared/PageState'
import { Submit } from '../../shared/Submit'
import { Sentence } from '../../shared/Sentence'
import { GRAINS, ItemSelect, type Grain } from './ItemSelect'

type Asked = components['schemas']['LookalikeIn']
type Found = components['schemas']['LookalikeOut']
const listed = (text: string) => (text === '' ? [] : (JSON.parse(text) as string[]))

/** 以货筛人: who bought this, not that, and is most like those who bought both. */
export function Lookalike() {
  const { t } = useTranslation('affinity')
  const [address, set] = useAddress({ by: 'product', have: '', lack: '', size: '100' })
  const asked: Asked = {
    by: address.by as Grain,
    have: listed(address.have),
    lack: listed(address.lack),
    size: Number(address.size) || 100,
  }
  const rank = useMutation({
    mutationFn: async (body: Asked) => (await http.POST('/api/insight/affinity/lookalike', { body })).data,
  })
  const found = rank.data
  const written = (keys: string[]) => (keys.length === 0 ? '' : JSON.stringify(keys))
  return (
    <div className="stack">
      <Sentence
        title={found ? t('found', { sentence: found.sentence, n: Math.min(asked.size ?? 0, found.candidates) }) : t('lookalikeTitle')}
        sub={t('lookalikeSub')}
        acts={found && <Keep asked={asked} found={found} />}
      />
      <Card>
        <div className="line">
          <Segmented
            value={asked.by}
            onChange={(by) => set({ by, have: '', lack: '' })}
            options={GRAINS.map((value) => ({ value, label: t(`by.${value}`) }))}
          />
          <ItemSelect
            key={`have-${asked.by}`}
            by={address.by as Grain}
            value={listed(address.have)}
            onChange={(keys) => set({ have: written(keys) })}
            label={t('have')}
            placeholder={t('haveAny')}
            width={240}
          />
          <ItemSelect
            key={`lack-${asked.by}`}
            by={address.by as Grain}
            value={listed(address.lack)}
            onChange={(keys) => set({ lack: written(keys) })}
            label={t('lack')}
            placeholder={t('lack')}
            width={240}
          />
          <InputNumber
            min={1}
            max={100_000}
            value={asked.size}
            aria-label={t('howMany')}
            suffix={t('people')}
            style={{ width: 120 }}
            onChange={(size) => set({ size: String(size ?? 100) })}
          />
          <Button type="primary" disabled={asked.lack.length === 0} loading={rank.isPending} onClick={() => rank.mutate(asked)}>
            {t('rank')}
          </Button>
        </div>
      </Card>
      {rank.error && <Failure problem={asProblem(rank.error)} />}
      {rank.isPending && <Skeleton rows={6} />}
      {found && !rank.isPending && <Ranking found={found} />}
    </div>
  )
}

function Ranking({ found }: { found: Found }) {
  const { t } = useTranslation('affinity')
  const format = useFormat()
  const how = found.auc === null ? t('aucNone') : t('auc', { auc: found.auc.toFixed(2) })
  return (
    <div className="columns-2">
      <Card title={t('people100', { n: found.people.length })} why={t('learnt', { buyers: format.count(found.buyers), candidates: format.count(found.candidates), how })}>
        <table className="grid">
          <thead>
            <tr>
              <th className="num">#</th>
              <th>{t('customer')}</th>
              <th>{t('because')}</th>
              <th className="num">{t('score')}</th>
            </tr>
          </thead>
          <tbody>
            {found.people.map((person, at) => (
              <tr key={person.cid}>
                <td className="num">{at + 1}</td>
                <td>
                  <Link to={`/customers/${person.cid}`}>{person.name || `#${person.cid}`}</Link>
                </td>
                <td className="sub">{person.because.join('、')}</td>
                <td className="num">{person.score.toFixed(2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
      <Card title={t('tellsApart')} why={t('tellsApartWhy')}>
        <table className="grid">
          <thead>
            <tr>
              <th>{t('feature')}</th>
              <th className="num">{t('ofBuyers')}</th>
              <th className="num">{t('ofOthers')}</th>
            </tr>
          </thead>
          <tbody>
            {found.features.map((feature) => (
              <tr key={`${feature.kind}:${feature.name}`}>
                <td>
                  {feature.name} <span className="sub">{t(`kind.${feature.kind}`, { defaultValue: '' })}</span>
                </td>
                <td className={`num ${feature.weight > 0 ? 'good' : 'bad'}`}>{format.rate(feature.buyers_share)}</td>
                <td className="num">{format.rate(feature.others_share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </div>
  )
}

function Keep({ asked, found }: { asked: Asked; found: Found }) {
  const { t } = useTranslation('affinity')
  const navigate = useNavigate()
  const mayWrite = useMayWrite()
  const [open, setOpen] = useState(false)
  const keep = useAct(
    async ({ name }: { name: string }) => {
      const key = newKey('like')
      await http.POST('/api/insight/affinity/lookalike/freeze', { body: { ...asked, key, name_zh: name, name_en: '' } })
      return key
    },
    { done: t('kept'), stale: ['/api/insight'], then: (key) => void navigate(`/audiences/${key}`), quiet: true },
  )
  if (!mayWrite) return null
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('keep')}
      </Button>
      {open && (
        <Modal open title={t('keep')} footer={null} onCancel={() => setOpen(false)}>
          <p className="sub">{t('keepWhy', { n: Math.min(asked.size ?? 0, found.candidates) })}</p>
          <Form<{ name: string }> layout="vertical" initialValues={{ name: found.sentence.slice(0, 100) }} onFinish={(fields) => keep.mutate(fields)}>
            <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('nameNeeded') }]}>
              <Input maxLength={100} />
            </Form.Item>
            <Submit act={keep} label={t('keep')} />
          </Form>
        </Modal>
      )}
    </>
  )
}
