import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type Edge, type EdgeProps } from '@xyflow/react'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import type { StepKind, Subject } from './definition'
import { kindsFor } from './kinds'
import type { Place } from './editor/editing'

export interface PlusData extends Record<string, unknown> {
  place: Place
  /** What the step it leaves is called. */
  after: string
  isFirst: boolean
  subject: Subject
  onInsert?: (place: Place, kind: StepKind) => void
}

/** A way with the button that puts a step on it. */
export function PlusEdge({ label, data, ...line }: EdgeProps<Edge<PlusData>>) {
  const { t } = useTranslation('journeyEditor')
  const { t: say } = useTranslation('journeys')
  const [path, x, y] = getSmoothStepPath(line)
  if (!data) return null
  const { place, after, isFirst, subject, onInsert } = data
  const way = typeof label === 'string' ? label : ''
  return (
    <>
      <BaseEdge id={line.id} path={path} />
      <EdgeLabelRenderer>
        <div className="way-label nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          {way !== '' && <span>{way}</span>}
          <Dropdown
            autoFocus
            trigger={['click']}
            menu={{
              items: kindsFor(subject).map(({ key }) => ({ key, label: say(`kind.${key}`) })),
              onClick: ({ key }) => onInsert?.(place, key as StepKind),
            }}
          >
            <Button
              size="small"
              shape={isFirst ? 'round' : 'circle'}
              className="plus"
              data-after={place.from}
              aria-label={isFirst ? undefined : way === '' ? t('add', { step: after }) : t('addWay', { step: after, way })}
            >
              {isFirst ? t('first') : '+'}
            </Button>
          </Dropdown>
        </div>
      </EdgeLabelRenderer>
    </>
  )
}
