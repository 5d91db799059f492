import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../shared/format'
import { OPS, type FieldInfo } from './catalogue'
import { Comparison, useToday } from './Comparison'
import { Pick } from './inputs'
import { comparison } from './leaves'
import type { Condition, Join } from './tree'
import { groupOf, joinOf, newTest, partsOf, withTest } from './where'

interface Props {
  tests: readonly Condition[]
  props: readonly FieldInfo[]
  onChange: (tests: Condition[]) => void
  /** What stands in front of a test, and on the button that adds one. */
  lead: string
  add: string
}

/** The tests of one event (or of one line of an order), with groups of them inside each other. */
export function WhereEditor({ tests, props, onChange, lead, add }: Props) {
  const { t } = useTranslation('conditions')
  const today = useToday()
  if (props.length === 0) return null
  return (
    <>
      {tests.map((test, at) => (
        <span key={at} className="leaf-where">
          <span className="sub">{lead}</span>
          {joinOf(test) === null ? (
            <Test test={test} props={props} onChange={(next) => onChange(withTest(tests, at, next))} />
          ) : (
            <Group test={test} props={props} onChange={(next) => onChange(withTest(tests, at, next))} />
          )}
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined aria-hidden />}
            aria-label={t('removeWhere')}
            onClick={() => onChange(withTest(tests, at, null))}
          />
        </span>
      ))}
      <Dropdown.Button
        size="small"
        type="dashed"
        trigger={['click']}
        onClick={() => onChange([...tests, newTest(props, today)])}
        menu={{
          items: (['any', 'none', 'all'] as const).map((join) => ({ key: join, label: t(`join.${join}`) })),
          onClick: ({ key }) => onChange([...tests, groupOf(key as Join, [newTest(props, today)])]),
        }}
        style={{ width: 'auto' }}
      >
        <PlusOutlined aria-hidden /> {add}
      </Dropdown.Button>
    </>
  )
}

function Group({ test, props, onChange }: { test: Condition; props: readonly FieldInfo[]; onChange: (next: Condition) => void }) {
  const { t } = useTranslation('conditions')
  const join = joinOf(test) ?? 'all'
  const parts = partsOf(test)
  return (
    <span className="where-group" role="group" aria-label={t(`join.${join}`)}>
      <Pick
        label={t('joinLabel')}
        value={join}
        onChange={(next) => onChange(groupOf(next as Join, parts))}
        options={(['all', 'any', 'none'] as const).map((key) => ({ key, label: t(`join.${key}`) }))}
      />
      <WhereEditor tests={parts} props={props} onChange={(next) => onChange(groupOf(join, next))} lead="·" add={t('addTest')} />
    </span>
  )
}

function Test({ test, props, onChange }: { test: Condition; props: readonly FieldInfo[]; onChange: (next: Condition) => void }) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const today = useToday()
  const prop = props.find(({ key }) => key === test.prop)
  return (
    <>
      <Pick
        label={t('label.prop')}
        value={typeof test.prop === 'string' ? test.prop : ''}
        onChange={(key) => {
          const next = props.find((each) => each.key === key)
          if (next) onChange({ prop: key, ...comparison(next, today) })
        }}
        options={props.map((one) => ({ key: one.key, label: format.named(one) }))}
      />
      {prop && <Comparison body={test} field={prop} ops={OPS[prop.kind]} onChange={onChange} />}
    </>
  )
}
