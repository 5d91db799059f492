import { Input, InputNumber, Select } from 'antd'
import { useEffect, useReducer } from 'react'
import { useTranslation } from 'react-i18next'
import { Builder } from './Builder'
import { measuredOps, type Catalogue, type Kind } from './catalogue'
import { Comparison } from './Comparison'
import { MeasurePick, WhichEvent } from './EventControls'
import { Pick, WindowPick } from './inputs'
import { measuredKind, measureOf, without, withChangeKind } from './leaves'
import { conditionOf, edit, treeOf, type Condition, type Json } from './tree'

interface Props {
  body: Condition
  catalogue: Catalogue
  onChange: (body: Condition) => void
}

export function ChangeControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const measured = body.change as Condition
  const props = catalogue.events.find(({ key }) => key === measured.event)?.props ?? []
  const by = body.by === 'difference' ? 'difference' : 'rate'
  const kindOf = (of: Condition, how: string): Kind => (how === 'rate' ? 'number' : measuredKind(measureOf(of), props))
  const set = (change: Condition, how: string = by) =>
    onChange(withChangeKind({ ...body, change, by: how }, kindOf(measured, by), kindOf(change, how)))
  return (
    <>
      <WindowPick value={measured.within ?? '30d'} onChange={(within) => set({ ...measured, within })} daysOnly />
      <WhichEvent
        body={measured}
        catalogue={catalogue}
        onChange={set}
        onPick={(key) => set({ event: key, within: measured.within ?? '30d' })}
      />
      <MeasurePick
        body={measured}
        catalogue={catalogue}
        compared
        onChange={(next) => set(without(without(next, 'op'), 'value'))}
      />
      <Pick
        label={t('label.by')}
        value={by}
        onChange={(how) => set(measured, how)}
        options={(['rate', 'difference'] as const).map((key) => ({ key, label: t(`by.${key}`) }))}
      />
      <Comparison body={body} field={{ kind: kindOf(measured, by), options: [] }} ops={measuredOps(kindOf(measured, by))} onChange={onChange} />
    </>
  )
}

export function RandomControls({ body, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const share = body.random as Condition
  const set = (change: Condition) => onChange({ random: { ...share, ...change } })
  return (
    <>
      {(['from', 'to'] as const).map((end) => (
        <InputNumber
          key={end}
          size="small"
          min={0}
          max={100}
          aria-label={t(`share_.${end}`)}
          prefix={t(`share_.${end}`)}
          suffix="%"
          value={typeof share[end] === 'number' ? share[end] : 0}
          onChange={(next) => set({ [end]: next ?? 0 })}
          style={{ width: 120 }}
        />
      ))}
      <Input
        size="small"
        style={{ width: 180 }}
        aria-label={t('share_.salt')}
        prefix={t('share_.salt')}
        value={typeof share.salt === 'string' ? share.salt : ''}
        onChange={(event) => set({ salt: event.target.value })}
      />
    </>
  )
}

export function GroupControls({ body, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const group = body.group as Condition
  const set = (change: Condition) => onChange({ group: { ...group, ...change } })
  const said = (key: string, value: Json, isNothing: boolean) =>
    isNothing ? onChange({ group: without(group, key) }) : set({ [key]: value })
  const chats = typeof group.chat === 'string' ? [group.chat] : Array.isArray(group.chat) ? (group.chat as string[]) : []
  return (
    <>
      <Pick
        label={t('label.inGroup')}
        value={typeof group.state === 'string' ? group.state : 'active'}
        onChange={(state) => set({ state })}
        options={(['active', 'left', 'any'] as const).map((key) => ({ key, label: t(`inGroup.${key}`) }))}
      />
      <Select
        size="small"
        mode="tags"
        aria-label={t('label.chats')}
        placeholder={t('anyChat')}
        value={chats}
        onChange={(chat: string[]) => said('chat', chat, chat.length === 0)}
        style={{ minWidth: 140 }}
      />
      <Input
        size="small"
        style={{ width: 170 }}
        aria-label={t('label.purpose')}
        prefix={t('label.purpose')}
        maxLength={200}
        value={typeof group.purpose === 'string' ? group.purpose : ''}
        onChange={(event) => said('purpose', event.target.value, event.target.value === '')}
      />
      <Pick
        label={t('label.joined')}
        value={group.joined_within === undefined ? 'ever' : 'within'}
        onChange={(key) => said('joined_within', '7d', key === 'ever')}
        options={(['ever', 'within'] as const).map((key) => ({ key, label: t(`joined.${key}`) }))}
      />
      {group.joined_within !== undefined && (
        <WindowPick value={group.joined_within} onChange={(within) => said('joined_within', within, within === null)} daysOnly />
      )}
    </>
  )
}

export function HouseholdControls({ body, catalogue, onChange }: Props) {
  const { t } = useTranslation('conditions')
  const home = body.household as Condition
  const someone = home.someone as Condition | undefined
  const set = (next: Condition) => onChange({ household: next })
  return (
    <>
      <Roles label={t('label.role')} value={home.role} catalogue={catalogue} onChange={(role) => set({ ...home, role })} />
      <Pick
        label={t('label.someone')}
        value={someone ? 'yes' : 'no'}
        onChange={(key) => set(key === 'yes' ? { ...home, someone: { who: { all: [] } } } : without(home, 'someone'))}
        options={(['no', 'yes'] as const).map((key) => ({ key, label: t(`someone.${key}`) }))}
      />
      {someone && (
        <>
          <Roles
            label={t('label.theirRole')}
            value={someone.role}
            catalogue={catalogue}
            onChange={(role) => set({ ...home, someone: { ...someone, role } })}
          />
          <Who
            initial={(someone.who ?? { all: [] }) as Condition}
            catalogue={catalogue}
            onChange={(who) => set({ ...home, someone: { ...someone, who } })}
          />
        </>
      )}
    </>
  )
}

function Roles({ label, value, catalogue, onChange }: { label: string; value: Json | undefined; catalogue: Catalogue; onChange: (role: string[]) => void }) {
  const { t } = useTranslation('conditions')
  return (
    <Select
      size="small"
      mode="multiple"
      aria-label={label}
      placeholder={t('role.any')}
      value={Array.isArray(value) ? (value as string[]) : []}
      onChange={onChange}
      options={catalogue.household_roles.map((key) => ({ value: key, label: t(`role.${key as 'member'}`) }))}
      style={{ minWidth: 120 }}
    />
  )
}

/** A condition inside a condition: a tree of its own, which may not ask about households again. */
function Who({ initial, catalogue, onChange }: { initial: Condition; catalogue: Catalogue; onChange: (who: Condition) => void }) {
  const [tree, dispatch] = useReducer(edit, initial, treeOf)
  const written = JSON.stringify(conditionOf(tree).condition ?? { all: [] })
  const known = JSON.stringify(initial)
  useEffect(() => {
    if (written !== known) onChange(JSON.parse(written) as Condition)
  }, [written, known, onChange])
  return <Builder tree={tree} catalogue={{ ...catalogue, household_roles: [] }} onEdit={dispatch} fault={null} />
}
