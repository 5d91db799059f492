import { cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { DataTable, type Column } from './DataTable'

interface Row {
  id: number
  name: string
}
const columns: Column<Row>[] = [
  { key: 'name', title: 'Name', sortable: true, render: (row) => row.name },
  { key: 'id', title: 'No.', numeric: true, render: (row) => row.id },
]
const draw = (rows: Row[], by = '', descending = false) => {
  const onChange = vi.fn()
  render(
    <DataTable rows={rows} columns={columns} rowKey={(row) => row.id} empty="nothing" sort={{ by, descending, onChange }} />,
  )
  return onChange
}

afterEach(cleanup)

it('draws a row for each, and what stands for none', () => {
  draw([
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
  ])
  expect(screen.getAllByRole('row')).toHaveLength(3)
  expect(screen.getByRole('cell', { name: '2' }).className).toBe('num')
  cleanup()
  draw([])
  expect(screen.getByText('nothing')).toBeTruthy()
  expect(screen.queryByRole('table')).toBeNull()
})

it('sorts up, down and not at all, and says which', () => {
  const turn = (by: string, descending: boolean) => {
    const onChange = draw([{ id: 1, name: 'a' }], by, descending)
    const said = screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')
    fireEvent.click(screen.getByRole('button'))
    cleanup()
    expect(onChange).toHaveBeenCalledTimes(1)
    return [said, ...(onChange.mock.calls[0] as [string, boolean])]
  }
  expect(turn('', false)).toEqual(['none', 'name', false])
  expect(turn('name', false)).toEqual(['ascending', 'name', true])
  expect(turn('name', true)).toEqual(['descending', '', false])
  expect(screen.queryByRole('button')).toBeNull()
})
