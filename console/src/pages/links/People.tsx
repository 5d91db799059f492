import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link as Address } from 'react-router'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Empty } from '../../shared/PageState'
import { QueryTable, type Column } from '../../shared/QueryTable'
import { useAddress } from '../../shared/address'
import type { Detail, Person } from './link'
import { useSpelled } from './Rate'

/** The customers who opened it, the last first; or those who got it and did not. */
export function People({ link }: { link: Detail }) {
  const { t } = useTranslation('links')
  const [address, set] = useAddress({ who: 'opened', wpage: '1', wsize: '20' })
  const opened = address.who !== 'not'
  const [page, size] = [Number(address.wpage) || 1, Number(address.wsize) || 20]
  const people = api.useQuery('get', '/api/content/links/{key}/people', {
    params: { path: { key: link.key }, query: { opened, page, size } },
  })
  return (
    <Card
      title={t('people')}
      acts={
        <Segmented
          size="small"
          aria-label={t('people')}
          value={opened ? 'opened' : 'not'}
          onChange={(who) => set({ who, wpage: '1' })}
          options={[
            { value: 'opened', label: t('peopleOpened') },
            { value: 'not', label: t('peopleNot') },
          ]}
        />
      }
    >
      <QueryTable
        name="link-people"
        query={people}
        columns={useColumns(opened, link.kind === 'page')}
        rowKey={({ cid }) => cid}
        paging={{ page, size, onChange: (next, many) => set({ wpage: String(many === size ? next : 1), wsize: String(many) }) }}
        empty={
          opened ? (
            <Empty title={t('nobodyOpened')} text={t('nobodyOpenedText')} />
          ) : (
            <Empty title={t('everybodyOpened')} text={t('everybodyOpenedText')} />
          )
        }
      />
    </Card>
  )
}

function useColumns(opened: boolean, isRead: boolean): Column<Person>[] {
  const { t } = useTranslation('links')
  const format = useFormat()
  const spelled = useSpelled()
  const who: Column<Person> = {
    key: 'customer',
    title: t('customer'),
    render: (row) => <Address to={`/customers/${row.cid}`}>{row.name || `#${row.cid}`}</Address>,
  }
  const got: Column<Person> = { key: 'sent', title: t('sentAt'), render: (row) => format.moment(row.sent_at) }
  if (!opened) return [who, got]
  return [
    who,
    { key: 'last', title: t('last'), render: (row) => format.moment(row.last_at) },
    { key: 'first', title: t('first'), render: (row) => format.moment(row.first_at) },
    { key: 'times', title: t('times'), numeric: true, render: (row) => format.count(row.opens) },
    ...(isRead ? [{ key: 'read', title: t('reading'), render: (row: Person) => spelled(row.seconds ?? 0) }] : []),
    got,
  ]
}
