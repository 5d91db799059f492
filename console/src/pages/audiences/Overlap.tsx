import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite, useSeesAll } from '../../api/session'
import { useAddress } from '../../shared/address'
import { useFormat } from '../../shared/format'
import { Empty, Loaded, NotAllowed } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import './actTexts'
import { Combine } from './Combine'
import { UpSet } from './UpSet'

type AudienceOut = components['schemas']['AudienceOut']
const MOST = 6

/** How up to six audiences overlap: every region counted exactly, and kept as a list when it is worth it. */
export default function Overlap() {
  const audiences = api.useQuery('get', '/api/insight/audiences')
  const seesAll = useSeesAll()
  if (!seesAll) return <NotAllowed />
  return <Loaded query={audiences}>{({ items }) => <Chosen audiences={items} />}</Loaded>
}

function Chosen({ audiences }: { audiences: readonly AudienceOut[] }) {
  const { t } = useTranslation('audienceActs')
  const format = useFormat()
  const [address, setAddress] = useAddress({ of: '' })
  const known = new Set(audiences.map((each) => each.key))
  const chosen = address.of.split(',').filter((key) => known.has(key)).slice(0, MOST)
  const enough = chosen.length >= 2
  const overlap = api.useQuery(
    'get',
    '/api/insight/audience-sets/overlap',
    { params: { query: { key: chosen } } },
    { enabled: enough },
  )
  return (
    <div className="body">
      <Sentence
        title={
          overlap.data && enough
            ? t('overlapTitle', { k: chosen.length, n: format.count(overlap.data.n) })
            : t('overlapAsk')
        }
        sub={
          <>
            <Link to="/audiences">{t('back', { ns: 'audiences' })}</Link> · {t('overlapSub')}
          </>
        }
      />
      <Select
        mode="multiple"
        maxCount={MOST}
        value={chosen}
        optionFilterProp="label"
        placeholder={t('overlapChoose')}
        aria-label={t('overlapChoose')}
        options={audiences.map((each) => ({ value: each.key, label: format.named(each) }))}
        onChange={(keys) => setAddress({ of: keys.join(',') }, { replace: true })}
        style={{ width: '100%' }}
      />
      {enough ? (
        <Loaded query={overlap}>{(found) => <Found audiences={audiences} found={found} />}</Loaded>
      ) : (
        <Empty title={t('overlapNone')} text={t('overlapNoneText')} />
      )}
    </div>
  )
}

function Found({ audiences, found }: { audiences: readonly AudienceOut[]; found: components['schemas']['OverlapOut'] }) {
  const { t } = useTranslation('audienceActs')
  const mayWrite = useMayWrite()
  const [region, setRegion] = useState<readonly string[] | null>(null)
  if (found.n === 0) return <Empty title={t('overlapNobody')} text={t('overlapNobodyText')} />
  return (
    <>
      <UpSet overlap={found} onChoose={mayWrite ? setRegion : undefined} />
      {region && (
        <Combine
          audiences={audiences}
          initial={{
            op: 'intersect',
            of: [...region],
            outside: found.audiences.map((each) => each.key).filter((key) => !region.includes(key)),
          }}
          onClose={() => setRegion(null)}
        />
      )}
    </>
  )
}
