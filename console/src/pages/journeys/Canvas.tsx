import {
  Background,
  Controls,
  Handle,
  Position,
  ReactFlow,
  type Edge as FlowEdge,
  type Node as FlowNode,
  type NodeProps,
  type ReactFlowInstance,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import type { TFunction } from 'i18next'
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useMode } from '../../app/mode'
import { useFormat, type Format } from '../../shared/format'
import type { Definition, StepKind } from './definition'
import { kindOf } from './kinds'
import type { Place } from './editor/editing'
import { isEnd, layoutOf, NODE_HEIGHT, NODE_WIDTH, START, type Layout } from './layout'
import type { Names } from './names'
import { PlusEdge, type PlusData } from './PlusEdge'
import { sayStep, sayTrigger, sayWay } from './words'
import './canvas.css'

export interface StepCount {
  here: number
  passed: number
  dropped: number
}

interface Props {
  definition: Definition
  counts: Record<string, StepCount>
  /** How many entered lately; while it is drawn, nobody knows. */
  entered?: number
  names: Names
  selected: string | null
  onSelect: (id: string | null) => void
  /** Steps with problems, to be marked. */
  faulty?: ReadonlySet<string>
  /** While it is drawn: put a step on a way. */
  onInsert?: (place: Place, kind: StepKind) => void
}

interface CardData extends Record<string, unknown> {
  head: string
  aside: string
  title: string
  lines: { text: string; tone: string }[]
  kind: string
  faulty: boolean
}

const NODE_TYPES = { card: CardNode }
const EDGE_TYPES = { plus: PlusEdge }
/** How far beyond the drawing one may wander. */
const AIR = 400

/** The journey drawn from its definition, top-down. Tab goes from step to step, Enter opens one, arrows walk. */
export default function Canvas({ definition, counts, entered, names, selected, onSelect, faulty, onInsert }: Props) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const mode = useMode()
  const box = useRef<HTMLDivElement>(null)
  const flow = useRef<ReactFlowInstance<FlowNode<CardData>, FlowEdge<PlusData>>>(null)
  const layout = useMemo(() => layoutOf(definition), [definition])
  const nodes = useMemo<FlowNode<CardData>[]>(
    () =>
      layout.nodes.map(({ id, x, y }) => {
        const size = { width: NODE_WIDTH, height: isEnd(id) ? 44 : NODE_HEIGHT }
        const data = cardOf(id, { definition, counts, entered, names, faulty, t, format })
        return {
          id,
          type: 'card',
          position: { x, y },
          data,
          selected: id === selected,
          ariaLabel: data.title,
          ...size,
          // Known at once: a node drawn anew keeps its lines, and whatever menu stands open on them.
          measured: size,
          draggable: false,
          connectable: false,
          deletable: false,
        }
      }),
    [layout, definition, counts, entered, names, faulty, selected, t, format],
  )
  const edges = useMemo<FlowEdge<PlusData>[]>(
    () =>
      layout.edges.map(({ from, to, label, otherwise, nth }, at) => ({
        id: `${from}-${to}-${at}`,
        source: from,
        target: to,
        type: onInsert ? 'plus' : 'smoothstep',
        label: otherwise ? t('otherwise') : sayWay(label, t),
        data: { place: { from, nth }, after: nodes.find(({ id }) => id === from)?.data.title ?? '', isFirst: definition.steps.length === 0, subject: definition.subject ?? 'customer', onInsert },
        focusable: false,
        deletable: false,
      })),
    [layout, t, onInsert, nodes, definition],
  )

  // A step chosen elsewhere, or just put in, is brought into view.
  useEffect(() => {
    const node = layout.nodes.find(({ id }) => id === selected)
    const seen = box.current?.getBoundingClientRect()
    if (!node || !seen || !flow.current) return
    const { x, y, zoom } = flow.current.getViewport()
    const [left, top] = [node.x * zoom + x, node.y * zoom + y]
    const isSeen = left >= 0 && top >= 0 && left + NODE_WIDTH * zoom <= seen.width && top + NODE_HEIGHT * zoom <= seen.height
    if (!isSeen) void flow.current.setCenter(node.x + NODE_WIDTH / 2, node.y + NODE_HEIGHT / 2, { zoom })
  }, [selected, layout])

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') return onSelect(null)
    const focused = (event.target as HTMLElement).closest<HTMLElement>('.react-flow__node')?.dataset.id
    if (focused !== undefined && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault()
      return onSelect(focused)
    }
    if (onInsert && selected !== null && (event.key === '+' || event.key === 'Insert')) {
      event.preventDefault()
      return box.current?.querySelector<HTMLElement>(`[data-after="${CSS.escape(selected)}"]`)?.click()
    }
    if (selected === null) return
    const next = stepTowards(layout, selected, event.key)
    if (next === null) return
    event.preventDefault()
    onSelect(next)
    document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(next)}"]`)?.focus()
  }

  return (
    <div ref={box} className="canvas" onKeyDown={onKeyDown} role="group" aria-label={t('canvas')}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        colorMode={mode}
        onInit={(instance) => {
          flow.current = instance
          void instance.setViewport(viewportFor(layout, box.current?.clientWidth ?? 800))
        }}
        fitViewOptions={{ maxZoom: 1, padding: 0.06 }}
        panOnScroll
        translateExtent={[
          [-AIR, -AIR],
          [layout.width + AIR, layout.height + AIR],
        ]}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onNodeClick={(_, node) => onSelect(node.id)}
        onPaneClick={() => onSelect(null)}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={{
          'controls.zoomIn.ariaLabel': t('zoomIn'),
          'controls.zoomOut.ariaLabel': t('zoomOut'),
          'controls.fitView.ariaLabel': t('fit'),
        }}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  )
}

interface Drawn extends Pick<Props, 'definition' | 'counts' | 'entered' | 'names' | 'faulty'> {
  t: TFunction<'journeys'>
  format: Format
}

function cardOf(id: string, { definition, counts, entered, names, faulty, t, format }: Drawn): CardData {
  if (id === START)
    return {
      head: t('start'),
      aside: t(`entry.${definition.entry ?? 'once'}`),
      title: definition.triggers.map((each) => sayTrigger(each, t, names)).join(t('or')),
      lines: entered === undefined ? [] : [{ text: t('enteredOf', { n: format.count(entered) }), tone: '' }],
      kind: 'start',
      faulty: faulty?.has('triggers') ?? false,
    }
  const step = definition.steps.find((each) => each.id === id)
  if (!step) return { head: '', aside: '', title: t('reason.done'), lines: [], kind: 'end', faulty: false }
  const count = counts[id]
  const lines = count
    ? [
        { text: t('here', { n: format.count(count.here) }), tone: count.here > 0 ? 'strong' : '' },
        { text: t('passed', { n: format.count(count.passed) }), tone: '' },
        ...(count.dropped > 0 ? [{ text: t('dropped', { n: format.count(count.dropped) }), tone: 'bad' }] : []),
      ]
    : []
  const kind = kindOf(step).key
  return { ...sayStep(step, t, names), lines, kind: kind === 'exit' ? 'end' : kind, faulty: faulty?.has(id) ?? false }
}

/** Begins at the start, in a size that can be read; the whole is one click away. */
function viewportFor(layout: Layout, width: number): { x: number; y: number; zoom: number } {
  const zoom = Math.min(1, Math.max(0.85, (width - 32) / layout.width))
  const start = layout.nodes.find(({ id }) => id === START)
  const middle = layout.width * zoom <= width - 32 ? layout.width / 2 : (start?.x ?? 0) + NODE_WIDTH / 2
  return { x: width / 2 - middle * zoom, y: 20, zoom }
}

function CardNode({ data, selected }: NodeProps<FlowNode<CardData>>) {
  return (
    <div className={`step-card ${data.kind} ${selected ? 'on' : ''} ${data.faulty ? 'faulty' : ''}`}>
      <Handle type="target" position={Position.Top} className="step-handle" />
      {data.head !== '' && (
        <div className="step-head">
          <span>{data.head}</span>
          <span>{data.aside}</span>
        </div>
      )}
      <b className="step-title" title={data.title}>
        {data.title}
      </b>
      {data.lines.length > 0 && (
        <div className="step-counts">
          {data.lines.map(({ text, tone }) => (
            <span key={text} className={tone}>
              {text}
            </span>
          ))}
        </div>
      )}
      <Handle type="source" position={Position.Bottom} className="step-handle" />
    </div>
  )
}

/** Where an arrow key leads: up and down along the lines, left and right to the neighbour on the same height. */
function stepTowards(layout: Layout, from: string, key: string): string | null {
  if (key === 'ArrowDown') return layout.edges.find((edge) => edge.from === from)?.to ?? null
  if (key === 'ArrowUp') return layout.edges.find((edge) => edge.to === from)?.from ?? null
  const here = layout.nodes.find(({ id }) => id === from)
  if (!here || (key !== 'ArrowLeft' && key !== 'ArrowRight')) return null
  const side = key === 'ArrowLeft' ? -1 : 1
  const beside = layout.nodes
    .filter(({ y, x }) => y === here.y && (x - here.x) * side > 0)
    .sort((a, b) => Math.abs(a.x - here.x) - Math.abs(b.x - here.x))
  return beside[0]?.id ?? null
}
