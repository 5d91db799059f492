import { useTranslation } from 'react-i18next'
import { useFormat } from '../shared/format'
import { measuredOps, type Catalogue } from './catalogue'
import { Comparison, useToday } from './Comparison'
import { Pick, WindowPick } from './inputs'
import { COMPARED_MEASURES, measuredKind, measureOf, measuresFor, withMeasure, without } from './leaves'
import { testsOf } from './where'
import { WhereEditor } from './WhereEditor'
import type { Condition } from './tree'

interface Props {
  body: Condition
  catalogue: Catalogue
  onChange: (body: Condition) => void
}

/** Which event, with which properties and which items. */
export function WhichEvent({ body, catalogue, onChange, onPick }: Props & { onPick: (key: string) => void }) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const event = catalogue.events.find(({ key }) => key === body.event)
  return (
    <>
      <Pick
        label={t('label.event')}
        value={typeof body.event === 'string' ? body.event : ''}
        onChange={onPick}
        options={catalogue.events.map((each) => ({ key: each.key, label: format.named(each) }))}
      />
      <WhereEditor
        tests={testsOf(body.where)}
        props={event?.props ?? []}
        onChange={(where) => onChange(where.length > 0 ? { ...body, where } : without(body, 'where'))}
        lead={t('where')}
        add={t('addWhere')}
      />
      <WhereEditor
        tests={testsOf(body.items)}
        props={event?.items ?? []}
        onChange={(items) => onChange(items.length > 0 ? { ...body, items } : without(body, 'items'))}
        lead={t('whereItem')}
        add={t('addItem')}
      />
    </>
  )
}

/** The measure of the event; of changes, only those that can be compared. */
export function MeasurePick({ body, catalogue, onChange, compared = false }: Props & { compared?: boolean }) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const today = useToday()
  const props = catalogue.events.find(({ key }) => key === body.event)?.props ?? []
  const choice = measureOf(body)
  const offered = measuresFor(props).filter(({ fn }) => !compared || COMPARED_MEASURES.includes(fn))
  return (
    <Pick
      label={t('label.measure')}
      value={`${choice.fn}:${choice.prop ?? ''}`}
      onChange={(key) => {
        const [fn = 'count', prop = ''] = key.split(':')
        onChange(withMeasure(body, { fn, prop: prop || null }, props, today))
      }}
      options={offered.map((each) => ({
        key: `${each.fn}:${each.prop ?? ''}`,
        label:
          each.prop === null
            ? t(`measure.${each.fn as 'count'}`)
            : t(`measureOf.${each.fn as 'sum'}`, {
                prop: format.named(props.find(({ key }) => key === each.prop) ?? { name_zh: each.prop }),
              }),
      }))}
    />
  )
}

export function EventControls({ body, catalogue, onChange }: Props) {
  const props = catalogue.events.find(({ key }) => key === body.event)?.props ?? []
  const choice = measureOf(body)
  const kind = measuredKind(choice, props)
  return (
    <>
      <WindowPick
        value={body.within ?? null}
        onChange={(within) => onChange(within === null ? without(body, 'within') : { ...body, within })}
      />
      <WhichEvent
        body={body}
        catalogue={catalogue}
        onChange={onChange}
        onPick={(key) => onChange({ event: key, ...(body.within ? { within: body.within } : {}), op: 'gte', value: 1 })}
      />
      <MeasurePick body={body} catalogue={catalogue} onChange={onChange} />
      <Comparison
        body={body}
        field={{ kind, options: props.find(({ key }) => key === choice.prop)?.options ?? [] }}
        ops={measuredOps(kind)}
        onChange={onChange}
      />
    </>
  )
}
