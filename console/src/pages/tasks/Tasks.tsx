import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client'
import { useSeesAll } from '../../api/session'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { StaffSelect } from '../../shared/staff'
import { TaskCard } from './TaskCard'
import './tasks.css'

const VIEWS = ['today', 'overdue', 'later', 'done'] as const
type View = (typeof VIEWS)[number]
const SIZE = 50

/** What to do now, on a phone: the words to say, one tap to copy, one tap to say it is done. */
export default function Tasks() {
  const { t } = useTranslation('tasks')
  const format = useFormat()
  const seesAll = useSeesAll()
  const [address, set] = useAddress({ view: 'today', staff: '' })
  const view: View = VIEWS.find((each) => each === address.view) ?? 'today'
  const staff = address.staff || undefined
  const tasks = api.useQuery('get', '/api/touch/tasks', { params: { query: { ...queryOf(view), staff, size: SIZE } } })
  const open = api.useQuery('get', '/api/touch/tasks', { params: { query: { ...queryOf('today'), staff, size: 1 } } })
  const late = api.useQuery('get', '/api/touch/tasks', { params: { query: { ...queryOf('overdue'), staff, size: 1 } } })
  const execution = api.useQuery('get', '/api/touch/execution')
  const rows = execution.data?.items.filter((row) => !staff || row.staff === staff) ?? []
  const due = rows.reduce((sum, row) => sum + row.due, 0)
  const done = rows.reduce((sum, row) => sum + row.done, 0)
  return (
    <div className="body">
      <div className="tasks">
        <Sentence
          title={
            open.data
              ? open.data.total > 0
                ? t('title', { n: format.count(open.data.total) })
                : t('titleNone')
              : t('titleLoading')
          }
          sub={due > 0 ? t('execution', { rate: format.rate(done / due), done: format.count(done), due: format.count(due) }) : t('sub')}
        />
        <div className="tasks-bar">
          <Segmented<View>
            value={view}
            onChange={(next) => set({ view: next })}
            options={VIEWS.map((each) => ({
              value: each,
              label:
                each === 'overdue' && late.data && late.data.total > 0
                  ? `${t(`view.${each}`)} ${late.data.total}`
                  : t(`view.${each}`),
            }))}
          />
          {seesAll && (
            <StaffSelect
              allowClear
              label={t('everybody')}
              value={staff}
              onChange={(next) => set({ staff: next ?? '' })}
              width={170}
            />
          )}
        </div>
        <Loaded query={tasks}>
          {({ items, total }) =>
            items.length === 0 ? (
              <Empty title={t(`none.${view}`)} text={t('noneText')} />
            ) : (
              <ul className="tasks-list" aria-label={t(`view.${view}`)}>
                {items.map((task) => (
                  <li key={task.id}>
                    <TaskCard task={task} showStaff={seesAll} />
                  </li>
                ))}
                {total > items.length && <li className="sub">{t('more', { n: format.count(total - items.length) })}</li>}
              </ul>
            )
          }
        </Loaded>
        {seesAll && rows.length > 1 && (
          <Card title={t('boardTitle')} why={t('boardWhy')}>
            <table className="grid">
              <thead>
                <tr>
                  <th>{t('staff')}</th>
                  <th className="num">{t('doneOfDue')}</th>
                  <th className="num">{t('rate')}</th>
                </tr>
              </thead>
              <tbody>
                {[...rows]
                  .sort((a, b) => a.done / a.due - b.done / b.due)
                  .slice(0, 10)
                  .map((row) => (
                    <tr key={row.staff}>
                      <td>
                        <button type="button" className="plain" onClick={() => set({ staff: row.staff })}>
                          {row.staff_name}
                        </button>
                      </td>
                      <td className="num">
                        {format.count(row.done)} / {format.count(row.due)}
                      </td>
                      <td className="num">{format.rate(row.done / row.due)}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </Card>
        )}
      </div>
    </div>
  )
}

function queryOf(view: View): { state?: string; due?: 'today' | 'overdue' | 'later' } {
  return view === 'done' ? { state: 'done' } : { due: view, state: 'open' }
}
