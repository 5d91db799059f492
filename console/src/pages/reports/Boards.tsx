import { Button, Form, Input, Modal, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { useAddress } from '../../shared/address'
import { useFormat } from '../../shared/format'
import { newKey } from '../../shared/keys'
import { asProblem, Empty, Loaded } from '../../shared/PageState'
import { Sentence } from '../../shared/Sentence'
import { AnswerCard } from './AnswerCard'
import { FunnelCard, type FunnelIn } from './Funnel'
import { askOf, keptOf, type Ask, type Chart, type Dashboard } from './question'
import { RetentionCard, type RetentionIn } from './Retention'

/** A role's numbers, in the order it looks at them. */
export function Boards() {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const [address, set] = useAddress({ board: '' })
  const [editing, setEditing] = useState<Dashboard | 'new' | null>(null)
  const reports = api.useQuery('get', '/api/insight/metrics/reports')
  return (
    <Loaded query={reports} rows={8}>
      {({ charts, dashboards }) => {
        const board = dashboards.find(({ key }) => key === address.board) ?? dashboards[0]
        const add = mayWrite && charts.length > 0 && <Button onClick={() => setEditing('new')}>{t('newBoard')}</Button>
        return (
          <div className="stack">
            <Sentence
              title={board ? t('boardsTitle', { name: format.named(board) }) : t('boardsNone')}
              sub={t('boardsSub')}
              acts={
                <>
                  {board && (
                    <Select
                      aria-label={t('chooseBoard')}
                      value={board.key}
                      onChange={(key) => set({ board: key })}
                      style={{ minWidth: 150 }}
                      options={dashboards.map((each) => ({ value: each.key, label: format.named(each) }))}
                    />
                  )}
                  {board && mayWrite && <Button onClick={() => setEditing(board)}>{t('editBoard')}</Button>}
                  {add}
                </>
              }
            />
            {board === undefined && <Empty title={t('noBoards')} text={t('noBoardsText')} act={<Link to="/reports?tab=explore">{t('toExplore')}</Link>} />}
            {board?.charts.map((key) => {
              const chart = charts.find((each) => each.key === key)
              return chart && <Kept key={key} chart={chart} />
            })}
            {editing !== null && (
              <BoardForm
                board={editing === 'new' ? null : editing}
                charts={charts}
                onClose={(key) => {
                  setEditing(null)
                  if (key !== undefined) set({ board: key })
                }}
              />
            )}
          </div>
        )
      }}
    </Loaded>
  )
}

function Kept({ chart }: { chart: Chart }) {
  switch (chart.kind) {
    case 'funnel':
      return <FunnelCard ask={chart.question as unknown as FunnelIn} name={chart} />
    case 'retention':
      return <RetentionCard ask={chart.question as unknown as RetentionIn} name={chart} />
    case 'metrics':
    case undefined:
      return <MetricsChart chart={chart} />
  }
}

function MetricsChart({ chart }: { chart: Chart }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const kept = keptOf(chart)
  const answer = api.useQuery('post', '/api/insight/metrics/query', { body: { ...askOf(kept), ...(chart.question as unknown as Ask) } })
  const shown = new URLSearchParams({ tab: 'explore', ...kept })
  return (
    <section aria-label={format.named(chart)} className="stack-8">
      <Loaded query={answer} rows={4}>
        {(found) => (
          <AnswerCard
            answer={found}
            title={format.named(chart)}
            shape={(chart.shape ?? 'line')}
            acts={<Link to={`/reports?${shown.toString()}`}>{t('open')}</Link>}
          />
        )}
      </Loaded>
    </section>
  )
}

function BoardForm({ board, charts, onClose }: { board: Dashboard | null; charts: Chart[]; onClose: (key?: string) => void }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const save = useAct(
    async ({ name, chosen }: { name: string; chosen: string[] }) => {
      const key = board?.key ?? newKey('board')
      const body = { key, name_zh: name, name_en: board?.name_en ?? '', charts: chosen, note: board?.note ?? '' }
      await http.PUT('/api/insight/metrics/dashboards/{key}', { params: { path: { key } }, body })
      return key
    },
    { done: t('boardSaved'), stale: ['/api/insight/metrics/reports'], then: onClose, quiet: true },
  )
  const remove = useAct(
    (key: string) => http.DELETE('/api/insight/metrics/dashboards/{key}', { params: { path: { key } } }),
    { done: t('boardRemoved'), stale: ['/api/insight/metrics/reports'], then: () => onClose('') },
  )
  return (
    <Modal open title={t(board ? 'editBoard' : 'newBoard')} footer={null} onCancel={() => onClose()}>
      <Form<{ name: string; chosen: string[] }>
        layout="vertical"
        initialValues={{ name: board?.name_zh, chosen: board?.charts ?? [] }}
        onFinish={(fields) => save.mutate(fields)}
      >
        <Form.Item name="name" label={t('boardName')} rules={[{ required: true, message: t('nameNeeded') }]}>
          <Input />
        </Form.Item>
        <Form.Item name="chosen" label={t('boardCharts')} rules={[{ required: true, message: t('chartsNeeded') }]}>
          <Select
            mode="multiple"
            showSearch={{ optionFilterProp: 'label' }}
            options={charts.map((each) => ({ value: each.key, label: format.named(each) }))}
          />
        </Form.Item>
        {save.error && <p className="bad">{asProblem(save.error).message}</p>}
        <div className="spread">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('act.save', { ns: 'common' })}
          </Button>
          {board && (
            <Popconfirm title={t('removeBoardAsk')} onConfirm={() => remove.mutate(board.key)}>
              <Button danger>{t('removeBoard')}</Button>
            </Popconfirm>
          )}
        </div>
      </Form>
    </Modal>
  )
}
