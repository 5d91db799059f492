export type Cell = string | number | null

/** RFC 4180 with a byte order mark, so that spreadsheets open Chinese text as it is. */
export function csvOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => cells.map(quoted).join(',')
  return `\uFEFF${[head, ...rows].map(line).join('\r\n')}\r\n`
}

function quoted(cell: Cell): string {
  const text = cell === null ? '' : String(cell)
  // A leading = + - @ would run as a formula; a number may keep its sign.
  const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function download(name: string, content: BlobPart, type: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content], { type }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
