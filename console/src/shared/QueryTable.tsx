import { SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Pagination, Popover } from 'antd'
import type { UseQueryResult } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { DataTable, type Column as DataColumn, type Sort } from './DataTable'
import { useFormat } from './format'
import { asProblem, Failure, Skeleton } from './PageState'

export interface Column<Row> extends DataColumn<Row> {
  title: string
  /** Hidden until chosen. */
  optional?: boolean
}

interface Page<Row> {
  items: Row[]
  total: number
}

interface Paging {
  page: number
  size: number
  onChange: (page: number, size: number) => void
}

interface Props<Row> {
  /** Names this table's remembered column choice. */
  name: string
  query: Pick<UseQueryResult<Page<Row>, unknown>, 'data' | 'error' | 'isFetching' | 'refetch'>
  columns: Column<Row>[]
  rowKey: (row: Row) => string | number
  paging: Paging
  /** The filter bar above the table. */
  bar?: ReactNode
  empty: ReactNode
  sort?: Sort
}

/** A list paged by the server: filter bar, column choice, total, states. Where it stands lives in the address. */
export function QueryTable<Row extends object>(props: Props<Row>) {
  const { name, query, columns, rowKey, paging, bar, empty, sort } = props
  const { t } = useTranslation()
  const format = useFormat()
  const [shown, setShown] = useShownColumns(name, columns)
  const visible = columns.filter(({ key }) => shown.includes(key))
  return (
    <div>
      <div className="table-bar">
        {bar}
        <div className="table-bar-right">
          {query.data && <span className="sub">{t('table.total', { n: format.count(query.data.total) })}</span>}
          <ColumnChoice columns={columns} shown={shown} onChange={setShown} />
        </div>
      </div>
      {query.data === undefined && query.error !== null ? (
        <Failure problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Skeleton rows={10} />
      ) : (
        <>
          <DataTable
            columns={visible}
            rows={query.data.items}
            rowKey={rowKey}
            empty={empty}
            sort={sort}
            isBusy={query.isFetching}
          />
          {query.data.total > 20 && (
            <Pagination
              size="small"
              align="end"
              style={{ marginTop: 12 }}
              current={paging.page}
              pageSize={paging.size}
              total={query.data.total}
              showSizeChanger
              pageSizeOptions={[20, 50, 100, 200]}
              onChange={paging.onChange}
            />
          )}
        </>
      )}
    </div>
  )
}

function ColumnChoice<Row>({
  columns,
  shown,
  onChange,
}: {
  columns: Column<Row>[]
  shown: string[]
  onChange: (keys: string[]) => void
}) {
  const { t } = useTranslation()
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      title={t('table.columnsTitle')}
      content={
        <Checkbox.Group
          value={shown}
          onChange={(keys) => keys.length > 0 && onChange(keys)}
          options={columns.map(({ key, title }) => ({ value: key, label: title }))}
          style={{ display: 'grid', gap: 4, maxHeight: 360, overflowY: 'auto' }}
        />
      }
    >
      <Button type="text" icon={<SettingOutlined aria-hidden />} aria-label={t('table.columnsTitle')}>
        {t('act.columns')}
      </Button>
    </Popover>
  )
}

/** A column choice is a habit, not a view: it is kept on this device, not in the address. */
function useShownColumns<Row>(name: string, columns: Column<Row>[]): [string[], (keys: string[]) => void] {
  const key = `potager.columns.${name}`
  const [chosen, setChosen] = useState<string[] | null>(() => {
    const kept = localStorage.getItem(key)
    return kept === null ? null : kept.split(',')
  })
  const known = chosen?.filter((each) => columns.some((column) => column.key === each)) ?? []
  const shown = known.length > 0 ? known : columns.filter(({ optional }) => !optional).map((column) => column.key)
  return [
    shown,
    (keys) => {
      localStorage.setItem(key, keys.join(','))
      setChosen(keys)
    },
  ]
}
