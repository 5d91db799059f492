import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import type { components } from '../../api/schema'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'

type Done = Omit<components['schemas']['SlotDone'], 'slot'>

/** Whether a staff SOP's tasks are done: by whom, and in which slot. */
export function StaffResults({ journeyKey }: { journeyKey: string }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const results = api.useQuery('get', '/api/journeys/{key}/staff', { params: { path: { key: journeyKey } } })
  return (
    <Loaded query={results} rows={8}>
      {({ members, slots }) =>
        members.length === 0 ? (
          <Empty title={t('staffNone')} text={t('staffNoneText')} />
        ) : (
          <div className="stack">
            <DoneTable by="member" rows={members.map((each) => ({ ...each, key: each.staff, head: each.name }))} />
            <DoneTable by="slot" rows={slots.map((each) => ({ ...each, key: each.slot, head: format.moment(each.slot) }))} />
          </div>
        )
      }
    </Loaded>
  )
}

function DoneTable({ by, rows }: { by: 'member' | 'slot'; rows: (Done & { key: string; head: string })[] }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  return (
    <Card title={t(`staffBy.${by}`)} why={t('staffWhy')}>
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th>{t(`staffHead.${by}`)}</th>
              {(['asked', 'done', 'not_done', 'expired', 'rate'] as const).map((head) => (
                <th key={head} className="num">
                  {t(`staffHead.${head}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <td className="nowrap">{row.head}</td>
                {(['asked', 'done', 'not_done', 'expired'] as const).map((part) => (
                  <td key={part} className="num">
                    {format.count(row[part])}
                  </td>
                ))}
                <td className="num">{row.rate === null ? '—' : format.rate(row.rate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
