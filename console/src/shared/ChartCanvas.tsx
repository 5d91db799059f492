import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use as register, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import { palettes } from '../app/palette'
import { useMode } from '../app/mode'
import type { Drawing, DrawingHandle } from './drawing'

register([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

/** Draws a Drawing with ECharts; loaded only when a chart is on the page. */
export default function ChartCanvas({
  drawing,
  height,
  label,
  ref,
}: {
  drawing: Drawing
  height: number
  label: string
  ref?: Ref<DrawingHandle>
}) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)
  const mode = useMode()
  useEffect(() => {
    if (!box.current) return
    const made = init(box.current)
    chart.current = made
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    chart.current?.setOption(optionOf(drawing, mode), true)
  }, [drawing, mode])
  useImperativeHandle(ref, () => ({
    png: () => chart.current?.getDataURL({ pixelRatio: 2, backgroundColor: palettes[mode].card }) ?? null,
  }))
  return <div ref={box} style={{ height, overflow: 'hidden' }} role="img" aria-label={label} />
}

function optionOf(drawing: Drawing, mode: 'light' | 'dark') {
  const p = palettes[mode]
  const quiet = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  const categoryAxis = {
    type: 'category' as const,
    data: drawing.categories,
    axisLine: { lineStyle: { color: p.line } },
    axisTick: { show: false },
    axisLabel: { color: p.mute },
    inverse: drawing.sideways,
  }
  const valueAxis = {
    type: 'value' as const,
    // Bars are read by their length, so they start at zero.
    scale: drawing.kind === 'line' && drawing.fromZero !== true,
    minInterval: drawing.whole ? 1 : undefined,
    axisLabel: { color: p.mute, formatter: (value: number) => drawing.say(value) },
    splitLine: { lineStyle: { color: p.hair } },
  }
  return {
    animation: !quiet,
    textStyle: { fontFamily: 'inherit', color: p.ink },
    grid: { left: 8, right: 16, top: drawing.series.length > 1 ? 32 : 12, bottom: 4, containLabel: true },
    legend: drawing.series.length > 1 ? { top: 0, left: 0, icon: 'roundRect', itemHeight: 4, textStyle: { color: p.mute } } : undefined,
    tooltip: {
      trigger: 'axis' as const,
      backgroundColor: p.card,
      borderColor: p.line,
      textStyle: { color: p.ink },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? drawing.say(value) : '—'),
    },
    xAxis: drawing.sideways ? valueAxis : categoryAxis,
    yAxis: drawing.sideways ? categoryAxis : valueAxis,
    series: drawing.series.map((each) => ({
      type: drawing.kind === 'line' ? ('line' as const) : ('bar' as const),
      name: each.name,
      data: each.values,
      stack: drawing.kind === 'stacked' ? 'all' : undefined,
      color: p[each.colour],
      barMaxWidth: 28,
      showSymbol: false,
      lineStyle: { width: 2, type: each.dashed ? ('dashed' as const) : ('solid' as const) },
    })),
  }
}
