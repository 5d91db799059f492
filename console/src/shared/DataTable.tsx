import { CaretDownOutlined, CaretUpOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export interface Column<Row> {
  key: string
  title: ReactNode
  render: (row: Row) => ReactNode
  numeric?: boolean
  width?: number | string
  sortable?: boolean
}

export interface Sort {
  by: string
  descending: boolean
  /** An empty name: the order nobody chose. */
  onChange: (by: string, descending: boolean) => void
}

interface Props<Row> {
  columns: Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  /** What stands in the place of no rows. */
  empty?: ReactNode
  sort?: Sort
  /** Fresh rows are on their way. */
  isBusy?: boolean
  /** Higher than this it scrolls by itself, the head staying. */
  maxHeight?: number
}

/** Rows and columns, wide ones scrolling sideways in their own place. */
export function DataTable<Row>({ columns, rows, rowKey, empty, sort, isBusy = false, maxHeight }: Props<Row>) {
  if (rows.length === 0 && empty !== undefined) return empty
  return (
    <div className="scroll-x" style={{ maxHeight, overflowY: maxHeight === undefined ? undefined : 'auto' }}>
      <table className={`grid data-table ${isBusy ? 'busy' : ''}`} aria-busy={isBusy}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.key} className={column.numeric ? 'num' : undefined}>
                  {column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** Up, down, and back to the order nobody chose: one button, three turns. */
function Head<Row>({ column, sort }: { column: Column<Row>; sort?: Sort }) {
  const { t } = useTranslation()
  const style = { width: column.width }
  const className = column.numeric ? 'num' : undefined
  if (!column.sortable || !sort)
    return (
      <th scope="col" style={style} className={className}>
        {column.title}
      </th>
    )
  const mine = sort.by === column.key
  const now = mine ? (sort.descending ? 'descending' : 'ascending') : 'none'
  return (
    <th scope="col" style={style} className={className} aria-sort={now}>
      <button
        type="button"
        className="plain sort"
        title={t('table.sort')}
        onClick={() => sort.onChange(now === 'descending' ? '' : column.key, now === 'ascending')}
      >
        {column.title}
        <span className="sort-marks" aria-hidden>
          <CaretUpOutlined className={now === 'ascending' ? 'good' : ''} />
          <CaretDownOutlined className={now === 'descending' ? 'good' : ''} />
        </span>
      </button>
    </th>
  )
}
