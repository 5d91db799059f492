import { expect, it } from 'vitest'
import { csvOf } from './csv'

it('quotes what would break the row and defuses formulas', () => {
  expect(csvOf(['名称', '人'], [['a,"b"', 1], ['=SUM(A1)', -2], [null, 0]])).toBe(
    '\uFEFF名称,人\r\n"a,""b""",1\r\n\'=SUM(A1),-2\r\n,0\r\n',
  )
})
