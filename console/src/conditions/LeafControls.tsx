import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../shared/format'
import { ATTR_OPS, measuredOps, type Catalogue } from './catalogue'
import { Comparison, useToday } from './Comparison'
import { EventControls } from './EventControls'
import { Pick as Choose } from './inputs'
import { comparison, kindOf } from './leaves'
import { ChangeControls, GroupControls, HouseholdControls, RandomControls } from './MoreControls'
import { SequenceControls } from './SequenceControls'
import type { Condition, Json } from './tree'

interface Props {
  body: Condition
  catalogue: Catalogue
  onChange: (body: Condition) => void
}

/** The controls of one leaf, by what it asks about. */
export function LeafControls(props: Props) {
  const { t } = useTranslation('conditions')
  switch (kindOf(props.body)) {
    case 'attr':
      return <AttrControls {...props} />
    case 'event':
      return <EventControls {...props} />
    case 'tag':
      return <TagControls {...props} />
    case 'layer':
      return <LayerControls {...props} />
    case 'audience':
      return <AudienceControls {...props} />
    case 'list':
      return <ListControls {...props} />
    case 'relation':
      return <RelationControls {...props} />
    case 'sequence':
      return <SequenceControls {...props} />
    case 'change':
      return <ChangeControls {...props} />
    case 'random':
      return <RandomControls {...props} />
    case 'group':
      return <GroupControls {...props} />
    case 'household':
      return <HouseholdControls {...props} />
    case null:
      return <code>{t('unknown', { json: JSON.stringify(props.body) })}</code>
  }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function AttrControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const today = useToday()
  const field = catalogue.attrs.find(({ key }) => key === body.attr)
  return (
    <>
      <Choose
        label={t('label.attr')}
        value={textOf(body.attr)}
        onChange={(key) => {
          const next = catalogue.attrs.find((each) => each.key === key)
          if (next) onChange({ attr: key, ...comparison(next, today) })
        }}
        options={catalogue.attrs.map((each) => ({ key: each.key, label: format.named(each) }))}
      />
      {field && <Comparison body={body} field={field} ops={ATTR_OPS[field.kind]} onChange={onChange} />}
    </>
  )
}

function TagControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const tag = catalogue.tags.find(({ key }) => key === body.tag)
  const kind = tag?.kind ?? null
  return (
    <>
      <Choose
        label={t('label.tag')}
        value={textOf(body.tag)}
        onChange={(key) => onChange({ tag: key })}
        options={catalogue.tags.map((each) => ({ key: each.key, label: format.named(each) }))}
      />
      {tag && kind !== null ? (
        <Comparison
          body={{ op: 'exists', ...body }}
          field={{ kind, options: tag.options }}
          ops={['exists', ...measuredOps(kind)]}
          onChange={onChange}
        />
      ) : (
        <span className="sub">{t('has')}</span>
      )}
    </>
  )
}

function LayerControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const model = catalogue.layers.find(({ key }) => key === body.layer)
  return (
    <>
      <Choose
        label={t('label.model')}
        value={textOf(body.layer)}
        onChange={(key) => {
          const first = catalogue.layers.find((each) => each.key === key)?.layers[0]
          onChange({ layer: key, in: first ? [first.key] : [] })
        }}
        options={catalogue.layers.map((each) => ({ key: each.key, label: format.named(each) }))}
      />
      <Select
        size="small"
        mode="multiple"
        aria-label={t('label.layers')}
        value={Array.isArray(body.in) ? (body.in as string[]) : []}
        onChange={(keys: string[]) => onChange({ ...body, in: keys })}
        options={model?.layers.map((each) => ({ value: each.key, label: format.named(each) })) ?? []}
        style={{ minWidth: 160 }}
      />
    </>
  )
}

function AudienceControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  return (
    <Choose
      label={t('label.audience')}
      value={textOf(body.audience)}
      onChange={(key) => onChange({ audience: key })}
      options={catalogue.audiences.map((each) => ({ key: each.key, label: format.named(each) }))}
    />
  )
}

function ListControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  return (
    <Choose
      label={t('label.list')}
      value={textOf(body.list)}
      onChange={(key) => onChange({ list: key })}
      options={catalogue.lists.map((each) => ({ key: each.key, label: format.named(each) }))}
    />
  )
}

function RelationControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const relation = body.relation as Condition
  const set = (change: Condition) => onChange({ relation: { ...relation, ...change } })
  return (
    <>
      <Choose
        label={t('label.staff')}
        value={textOf(relation.staff)}
        onChange={(key) => {
          if (key !== '') return set({ staff: key })
          onChange({ relation: Object.fromEntries(Object.entries(relation).filter(([name]) => name !== 'staff')) })
        }}
        options={[{ key: '', label: t('label.anybody') }, ...catalogue.staff.map(({ key, name_zh }) => ({ key, label: name_zh }))]}
      />
      <Choose
        label={t('label.state')}
        value={textOf(relation.state) || 'active'}
        onChange={(state) => set({ state })}
        options={(['active', 'lost', 'any'] as const).map((key) => ({ key, label: t(`state.${key}`) }))}
      />
    </>
  )
}
