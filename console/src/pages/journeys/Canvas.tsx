import { Background, Controls, Handle, Position, ReactFlow, type Edge as FlowEdge, type Node as FlowNode, type NodeProps } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import type { TFunction } from 'i18next'
import { useMemo, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useMode } from '../../app/mode'
import { useFormat, type Format } from '../../shared/format'
import { kindOf, type Definition } from './definition'
import { isEnd, layoutOf, NODE_HEIGHT, NODE_WIDTH, START, type Layout } from './layout'
import type { Names } from './names'
import { sayStep, sayTrigger } from './words'
import './canvas.css'

export interface StepCount {
  here: number
  passed: number
  dropped: number
}

interface Props {
  definition: Definition
  counts: Record<string, StepCount>
  entered: number
  names: Names
  selected: string | null
  onSelect: (id: string | null) => void
  /** Steps with problems, to be marked. */
  faulty?: ReadonlySet<string>
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
/** How far beyond the drawing one may wander. */
const AIR = 400

/** The journey drawn from its definition, top-down. Tab goes from step to step, Enter opens one, arrows walk. */
export default function Canvas({ definition, counts, entered, names, selected, onSelect, faulty }: Props) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const mode = useMode()
  const box = useRef<HTMLDivElement>(null)
  const layout = useMemo(() => layoutOf(definition), [definition])
  const nodes = useMemo<FlowNode<CardData>[]>(
    () =>
      layout.nodes.map(({ id, x, y }) => {
        const data = cardOf(id, { definition, counts, entered, names, faulty, t, format })
        return {
          id,
          type: 'card',
          position: { x, y },
          data,
          selected: id === selected,
          ariaLabel: data.title,
          width: NODE_WIDTH,
          height: isEnd(id) ? 44 : NODE_HEIGHT,
          draggable: false,
          connectable: false,
          deletable: false,
        }
      }),
    [layout, definition, counts, entered, names, faulty, selected, t, format],
  )
  const edges = useMemo<FlowEdge[]>(
    () =>
      layout.edges.map(({ from, to, label, otherwise }, at) => ({
        id: `${from}-${to}-${at}`,
        source: from,
        target: to,
        type: 'smoothstep',
        label: otherwise ? t('otherwise') : label === 'done' || label === 'not_done' ? t(`outcome.${label}`) : label,
        focusable: false,
        deletable: false,
      })),
    [layout, t],
  )

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') return onSelect(null)
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
        colorMode={mode}
        onInit={(flow) => void flow.setViewport(viewportFor(layout, box.current?.clientWidth ?? 800))}
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
        onSelectionChange={({ nodes: chosen }) => chosen[0] && onSelect(chosen[0].id)}
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
      title: definition.triggers.map((each) => sayTrigger(each, t, names.event, names.audience)).join(t('or')),
      lines: [{ text: t('enteredOf', { n: format.count(entered) }), tone: '' }],
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
  const kind = kindOf(step)
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
