import { Button, Popover, Segmented } from 'antd'
import { lazy, Suspense, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from './Card'
import { csvOf, download, type Cell } from './csv'
import { Skeleton } from './PageState'
import type { Drawing, DrawingHandle } from './drawing'
import { useSeen } from './useSeen'

const Canvas = lazy(() => import('./ChartCanvas'))

interface Props {
  /** The one message, as a sentence. */
  title: string
  /** Where the numbers come from. */
  why?: string
  /** How the metric is computed, in words. */
  definition: string
  /** File name without extension. */
  name: string
  drawing: Drawing
  /** The same numbers as a table. */
  head: string[]
  rows: Cell[][]
  height?: number
}

/** A chart with the table behind it, its definition, and both as files. */
export function DataChart({ title, why, definition, name, drawing, head, rows, height = 240 }: Props) {
  const { t } = useTranslation()
  const [form, setForm] = useState<'chart' | 'table'>('chart')
  const handle = useRef<DrawingHandle>(null)
  const box = useRef<HTMLDivElement>(null)
  const isSeen = useSeen(box)
  const png = () => {
    const url = handle.current?.png()
    if (!url) return
    const link = document.createElement('a')
    link.href = url
    link.download = `${name}.png`
    link.click()
  }
  return (
    <Card
      title={title}
      why={why}
      acts={
        <>
          <Popover trigger="click" content={<div style={{ maxWidth: 320 }}>{definition}</div>}>
            <Button size="small" type="text">
              {t('chart.definition')}
            </Button>
          </Popover>
          <Segmented
            size="small"
            value={form}
            onChange={setForm}
            options={[
              { value: 'chart', label: t('chart.asChart') },
              { value: 'table', label: t('chart.asTable') },
            ]}
          />
          <Button size="small" type="text" onClick={() => download(`${name}.csv`, csvOf(head, rows), 'text/csv')}>
            {t('chart.csv')}
          </Button>
          {form === 'chart' && (
            <Button size="small" type="text" onClick={png}>
              {t('chart.png')}
            </Button>
          )}
        </>
      }
    >
      {form === 'chart' ? (
        <div ref={box} style={{ minHeight: height }}>
          {isSeen && (
            <Suspense fallback={<Skeleton rows={3} />}>
              <Canvas ref={handle} drawing={drawing} height={height} label={title} />
            </Suspense>
          )}
        </div>
      ) : (
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                {head.map((cell) => (
                  <th key={cell}>{cell}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={column} className={typeof cell === 'number' ? 'num' : undefined}>
                      {cell ?? '—'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  )
}
