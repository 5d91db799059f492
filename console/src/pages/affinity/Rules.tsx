import { Alert, Button, InputNumber, Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Card } from '../../shared/Card'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import { QueryTable } from '../../shared/QueryTable'
import { Sentence } from '../../shared/Sentence'
import { usePaging } from '../../shared/usePaging'
import { GRAINS, ItemSelect, type Grain } from './ItemSelect'

type Rule = components['schemas']['AffinityRule']
const PATH = '/api/insight/affinity/rules'
const SURE = [
  ['0.01', 'very'],
  ['0.05', 'rather'],
  ['1', 'all'],
] as const
const SORTS = ['q', 'lift', 'confidence', 'n'] as const

/** Who buys this also buys that: the rules with their counts, the strongest as the title. */
export function Rules() {
  const { t } = useTranslation('affinity')
  const format = useFormat()
  const { filters, query, paging, setFilters } = usePaging({
    by: 'product', basket: 'customer', item: '', lift: '1', sure: '0.05', sort: 'q',
  })
  const asked = {
    by: filters.by as Grain,
    basket: filters.basket as 'order' | 'customer',
    item: filters.item,
    min_lift: Number(filters.lift) || 0,
    max_q: Number(filters.sure) || 1,
    sort: filters.sort as (typeof SORTS)[number],
  }
  const rules = api.useQuery('get', PATH, { params: { query: { ...asked, ...query } } })
  const strongest = rules.data?.items[0]
  const address = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))
  return (
    <div className="stack">
      <Sentence
        title={strongest ? titleOf(strongest) : t('rulesTitle')}
        sub={<Stand page={rules.data} basket={asked.basket} />}
        acts={
          rules.data !== undefined && (
            <>
              <Button href={`${PATH}/csv?${address.toString()}`}>{t('chart.csv', { ns: 'common' })}</Button>
              <MineAgain />
            </>
          )
        }
      />
      {rules.data && <Complete run={rules.data.run} />}
      <Card>
        <QueryTable
          name="affinity"
          query={rules}
          rowKey={(row) => `${row.left.map(({ key }) => key).join('+')}>${row.right.key}`}
          paging={paging}
          empty={<Empty title={t(rules.data?.run ? 'noRules' : 'notYet')} text={t(rules.data?.run ? 'noRulesText' : 'notYetText')} />}
          bar={
            <>
              <Segmented
                value={asked.by}
                onChange={(by) => setFilters({ by, item: '' })}
                options={GRAINS.map((value) => ({ value, label: t(`by.${value}`) }))}
              />
              <Segmented
                value={asked.basket}
                onChange={(basket) => setFilters({ basket })}
                options={(['customer', 'order'] as const).map((value) => ({ value, label: t(`basket.${value}`) }))}
              />
              <ItemSelect
                key={asked.by}
                by={asked.by}
                most={1}
                width={200}
                label={t('withItem')}
                placeholder={t('withItem')}
                value={filters.item === '' ? [] : [filters.item]}
                onChange={(keys) => setFilters({ item: keys[0] ?? '' })}
              />
              <label className="line">
                {t('leastLift')}
                <InputNumber
                  min={0}
                  step={0.5}
                  value={asked.min_lift}
                  aria-label={t('leastLift')}
                  style={{ width: 80 }}
                  onChange={(lift) => setFilters({ lift: String(lift ?? 0) })}
                />
              </label>
              <Select
                value={filters.sure}
                aria-label={t('sure')}
                onChange={(sure) => setFilters({ sure })}
                options={SURE.map(([value, name]) => ({ value, label: t(`sureAt.${name}`) }))}
              />
              <Select
                value={asked.sort}
                aria-label={t('sort')}
                onChange={(sort) => setFilters({ sort })}
                options={SORTS.map((value) => ({ value, label: t(`sortBy.${value}`) }))}
              />
            </>
          }
          columns={[
            { key: 'left', title: t('left'), render: ({ left }) => left.map(({ name }) => name).join(' + ') },
            { key: 'right', title: t('right'), render: ({ right }) => <span className="strong">→ {right.name}</span> },
            { key: 'confidence', title: t('confidence'), numeric: true, render: (row) => format.rate(row.confidence) },
            { key: 'usual', title: t('usual'), numeric: true, render: (row) => format.rate(row.n_right / row.baskets) },
            { key: 'lift', title: t('lift'), numeric: true, render: (row) => t('times', { n: format.count(row.lift, 2) }) },
            { key: 'n', title: t('together'), numeric: true, render: (row) => format.count(row.n) },
            { key: 'n_left', title: t('leftCount'), numeric: true, render: (row) => format.count(row.n_left) },
            { key: 'support', title: t('support'), numeric: true, render: (row) => format.rate(row.support) },
            { key: 'q', title: t('sure'), render: (row) => <Sure q={row.q} /> },
          ]}
        />
      </Card>
    </div>
  )

  function titleOf(rule: Rule): string {
    const title = t('ruleTitle', {
      left: rule.left.map(({ name }) => name).join(' + '),
      right: rule.right.name,
      rate: format.rate(rule.confidence),
      usual: format.rate(rule.n_right / rule.baskets),
      lift: format.count(rule.lift, 1),
    })
    return rule.q <= 0.05 ? title : t('byChance', { title })
  }
}

function Sure({ q }: { q: number }) {
  const { t } = useTranslation('affinity')
  const said = q < 0.0001 ? '< 0.0001' : q.toFixed(4)
  return (
    <Chip tone={q <= 0.05 ? 'good' : 'plain'} reason={t('qWhy', { q: said })}>
      {t(q <= 0.01 ? 'verySure' : q <= 0.05 ? 'rather' : 'chance')}
    </Chip>
  )
}

function Stand({ page, basket }: { page: components['schemas']['AffinityRules'] | undefined; basket: 'order' | 'customer' }) {
  const { t } = useTranslation('affinity')
  const format = useFormat()
  if (page === undefined) return t('rulesSub')
  if (page.run === null) return t('notYet')
  return t('stand', {
    days: page.days,
    baskets: format.count(page.run.baskets),
    unit: t(`unit.${basket}`),
    items: format.count(page.run.items),
    at: format.moment(page.run.as_of),
    seconds: format.count(page.run.ms / 1000, 1),
  })
}

/** Said only where bounds made rare combinations be left out. */
function Complete({ run }: { run: components['schemas']['AffinityRun'] | null }) {
  const { t } = useTranslation('affinity')
  const [first = 0, ...more] = run?.minimums ?? []
  if (!more.some((each) => each > first)) return null
  return <Alert type="info" showIcon title={t('complete', { pairs: first, sets: Math.max(...more) })} />
}

function MineAgain() {
  const { t } = useTranslation('affinity')
  const mayWrite = useMayWrite()
  const mine = useAct(() => http.POST('/api/insight/affinity/refresh'), { done: t('mining') })
  if (!mayWrite) return null
  return (
    <Button loading={mine.isPending} onClick={() => mine.mutate(undefined)}>
      {t('mineAgain')}
    </Button>
  )
}
