import { Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Interval, scaleOf } from '../../shared/Interval'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { ItemSelect } from './ItemSelect'

type Simulation = components['schemas']['BundleOut']
const FEWEST = 2
const MOST = 4

/** Two to four products at one price: who has some and not all, how many would take, and whether it pays. */
export function Bundle() {
  const { t } = useTranslation('affinity')
  const [address, set] = useAddress({ products: '', price: '' })
  const products = address.products === '' ? [] : (JSON.parse(address.products) as string[])
  const ready = products.length >= FEWEST && address.price !== ''
  const found = api.useQuery(
    'post',
    '/api/insight/affinity/bundle',
    { body: { products, price: address.price } },
    { enabled: ready, retry: false },
  )
  return (
    <div className="stack">
      <Sentence title={found.data && ready ? <Verdict found={found.data} /> : t('bundleTitle')} sub={t('bundleSub')} />
      <Card>
        <div className="line">
          <ItemSelect
            by="product"
            most={MOST}
            value={products}
            onChange={(keys) => set({ products: keys.length === 0 ? '' : JSON.stringify(keys) })}
            label={t('bundleProducts')}
            placeholder={t('bundleProducts')}
            width={420}
          />
          <Input.Search
            key={address.price}
            defaultValue={address.price}
            inputMode="decimal"
            aria-label={t('bundlePrice')}
            placeholder={t('bundlePrice')}
            enterButton={t('simulate')}
            style={{ width: 240 }}
            onSearch={(price) => set({ price: price.trim() })}
          />
        </div>
      </Card>
      {ready ? (
        <Loaded query={found}>{(simulation) => <Result found={simulation} />}</Loaded>
      ) : (
        <Empty title={t('bundleEmpty')} text={t('bundleEmptyText')} />
      )}
    </div>
  )
}

function Verdict({ found }: { found: Simulation }) {
  const { t } = useTranslation('affinity')
  const format = useFormat()
  const takers = {
    takers: format.count(found.takers),
    low: format.count(found.takers_low),
    high: format.count(found.takers_high),
  }
  if (found.never) return t('verdictNever', takers)
  if (found.break_even === null) return t('verdictUnknown', takers)
  if (found.break_even <= 0) return t('verdictPays', takers)
  return t('verdictNeeds', { ...takers, more: format.rate(found.break_even) })
}

function BreakEven({ found }: { found: Simulation }) {
  const { t } = useTranslation('affinity')
  const format = useFormat()
  if (found.never) return t('never')
  if (found.break_even === null) return t('unknown')
  return found.break_even <= 0 ? t('already') : format.rate(found.break_even)
}

function Result({ found }: { found: Simulation }) {
  const { t } = useTranslation('affinity')
  const format = useFormat()
  const scale = scaleOf(found.groups)
  const named = (items: { name: string }[]) => items.map(({ name }) => name).join('、')
  const money: [string, number | null][] = [
    [t('price'), found.price_minor],
    [t('apart'), found.apart_minor],
    [t('discount'), found.discount_minor],
    [t('margin'), found.margin_minor],
    [t('marginApart'), found.margin_apart_minor],
  ]
  return (
    <div className="stack">
      <div className="columns-2">
        <Card title={t('moneyTitle')} why={t('moneyWhy')}>
          <table className="grid">
            <tbody>
              {money.map(([name, minor]) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td className="num">{minor === null ? t('unknown') : format.moneyExact(minor)}</td>
                </tr>
              ))}
              <tr>
                <td>{t('breakEven')}</td>
                <td className="num strong">
                  <BreakEven found={found} />
                </td>
              </tr>
              <tr>
                <td>{t('takersNeeded')}</td>
                <td className="num">{found.takers_needed === null ? '—' : format.people(found.takers_needed)}</td>
              </tr>
            </tbody>
          </table>
        </Card>
        <Card title={t('partsTitle')} why={t('partsWhy', { n: format.count(found.have_all), all: format.count(found.customers) })}>
          <table className="grid">
            <thead>
              <tr>
                <th>{t('by.product')}</th>
                <th className="num">{t('price')}</th>
                <th className="num">{t('cost')}</th>
                <th className="num">{t('buyers')}</th>
              </tr>
            </thead>
            <tbody>
              {found.parts.map((part) => (
                <tr key={part.key}>
                  <td>{part.name}</td>
                  <td className="num">
                    {part.price_minor === null ? t('unknown') : format.moneyExact(part.price_minor)}
                    {part.paid && <div className="sub">{t('paid')}</div>}
                  </td>
                  <td className="num">{part.cost_minor === null ? t('unknown') : format.moneyExact(part.cost_minor)}</td>
                  <td className="num">{format.people(part.buyers)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      </div>
      <Card title={t('groupsTitle')} why={t('groupsWhy')}>
        <table className="grid">
          <thead>
            <tr>
              <th>{t('hasThese')}</th>
              <th>{t('lacksThese')}</th>
              <th className="num">{t('people')}</th>
              <th className="num">{t('before')}</th>
              <th className="num">{t('expected')}</th>
              <th aria-label={t('range')} />
            </tr>
          </thead>
          <tbody>
            {found.groups.map((group) => (
              <tr key={group.have.map(({ key }) => key).join('+')}>
                <td>{named(group.have)}</td>
                <td>{named(group.lack)}</td>
                <td className="num">{format.people(group.people)}</td>
                <td className="num">{t('ofThem', { n: format.count(group.both), of: format.count(group.of) })}</td>
                <td className="num">{format.rate(group.rate)}</td>
                <td>
                  <Interval point={group.rate} low={group.low} high={group.high} scale={scale} say={format.rate} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Card>
    </div>
  )
}
