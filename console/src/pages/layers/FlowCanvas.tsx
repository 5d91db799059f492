import { SankeyChart } from 'echarts/charts'
import { TooltipComponent } from 'echarts/components'
import { init, use as register } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useMode } from '../../app/mode'
import { palettes } from '../../app/palette'

register([SankeyChart, TooltipComponent, CanvasRenderer])

export interface Move {
  from: string
  to: string
  n: number
  /** 1 up the list of layers, -1 down it, 0 neither. */
  turn: number
}

/** Streams of people between the layers of two days, as wide as they are many. */
export default function FlowCanvas({
  moves,
  order,
  say,
  label,
}: {
  moves: Move[]
  /** The names of the layers from the top. */
  order: string[]
  say: (n: number) => string
  label: string
}) {
  const box = useRef<HTMLDivElement>(null)
  const mode = useMode()
  useEffect(() => {
    if (!box.current) return
    const p = palettes[mode]
    const chart = init(box.current)
    const quiet = window.matchMedia('(prefers-reduced-motion: reduce)').matches
    // A layer stands on both sides: the two are told apart by a mark that is not shown.
    const left = order.filter((name) => moves.some(({ from }) => from === name))
    const right = order.filter((name) => moves.some(({ to }) => to === name))
    chart.setOption({
      animation: !quiet,
      textStyle: { fontFamily: 'inherit', color: p.ink },
      tooltip: {
        backgroundColor: p.card,
        borderColor: p.line,
        textStyle: { color: p.ink },
        formatter: ({ data, name, value }: { data: { source?: string; target?: string }; name: string; value: number }) =>
          data.source === undefined
            ? `${name.slice(2)} ${say(value)}`
            : `${data.source.slice(2)} → ${data.target?.slice(2) ?? ''} ${say(value)}`,
      },
      series: {
        type: 'sankey',
        left: 8,
        right: 8,
        top: 8,
        bottom: 8,
        nodeGap: 10,
        nodeWidth: 10,
        layoutIterations: 0,
        emphasis: { focus: 'adjacency' },
        itemStyle: { color: p.greenFill, borderWidth: 0 },
        label: { color: p.ink, formatter: ({ name }: { name: string }) => name.slice(2) },
        data: [
          ...left.map((name) => ({ name: `< ${name}`, depth: 0, label: { position: 'right' } })),
          ...right.map((name) => ({ name: `> ${name}`, depth: 1, label: { position: 'left' } })),
        ],
        links: moves.map(({ from, to, n, turn }) => ({
          source: `< ${from}`,
          target: `> ${to}`,
          value: n,
          lineStyle: { color: turn > 0 ? p.greenMid : turn < 0 ? p.ochre : p.faint, opacity: 0.4 },
        })),
      },
    })
    const watch = new ResizeObserver(() => chart.resize())
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      chart.dispose()
    }
  }, [moves, order, say, mode])
  const rows = new Set(moves.map(({ from }) => from)).size
  return <div ref={box} style={{ height: Math.max(220, rows * 44) }} role="img" aria-label={label} />
}
