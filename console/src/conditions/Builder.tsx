import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useHouse } from '../api/session'
import { useFormat } from '../shared/format'
import type { Catalogue } from './catalogue'
import { Pick } from './inputs'
import { LeafControls } from './LeafControls'
import { kindOf, LEAF_KINDS, newLeaf, type LeafKind } from './leaves'
import type { Edit, GroupNode, Join, LeafNode, Tree } from './tree'
import './builder.css'

export interface Fault {
  /** The node the fault belongs to. */
  id: number | null
  message: string
}

interface Shared {
  catalogue: Catalogue
  onEdit: (edit: Edit) => void
  fault: Fault | null
}

/** Edits a condition tree: groups inside groups, a control per part of a question, an error on the leaf it belongs to. */
export function Builder({ tree, ...shared }: Shared & { tree: Tree }) {
  return <Group node={tree.root} root {...shared} />
}

function Group({ node, root = false, ...shared }: Shared & { node: GroupNode; root?: boolean }) {
  const { t } = useTranslation('conditions')
  const { onEdit, fault } = shared
  return (
    <fieldset className={`group ${node.join}`} aria-label={t(`join.${node.join}`)}>
      <div className="group-head">
        <Pick
          label={t('joinLabel')}
          value={node.join}
          onChange={(join) => onEdit({ do: 'setJoin', id: node.id, join: join as Join })}
          options={(['all', 'any', 'none'] as const).map((key) => ({ key, label: t(`join.${key}`) }))}
        />
        {!root && (
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined aria-hidden />}
            aria-label={t('removeGroup')}
            onClick={() => onEdit({ do: 'remove', id: node.id })}
          />
        )}
      </div>
      {fault?.id === node.id && <FaultLine message={fault.message} />}
      {root && node.children.length === 0 && <p className="sub">{t('nothing')}</p>}
      {node.children.map((child) =>
        child.kind === 'group' ? <Group key={child.id} node={child} {...shared} /> : <Leaf key={child.id} node={child} {...shared} />,
      )}
      <AddButtons group={node.id} {...shared} />
    </fieldset>
  )
}

function Leaf({ node, catalogue, onEdit, fault }: Shared & { node: LeafNode }) {
  const { t } = useTranslation('conditions')
  const kind = kindOf(node.body)
  const faulty = fault?.id === node.id
  return (
    <div className={`leaf ${faulty ? 'faulty' : ''}`} role="group" aria-label={kind ? t(`kind.${kind}`) : undefined}>
      <div className="leaf-controls">
        {kind && <span className="leaf-kind">{t(`kind.${kind}`)}</span>}
        <LeafControls body={node.body} catalogue={catalogue} onChange={(body) => onEdit({ do: 'setLeaf', id: node.id, body })} />
        <Button
          className="leaf-remove"
          size="small"
          type="text"
          icon={<CloseOutlined aria-hidden />}
          aria-label={t('remove')}
          onClick={() => onEdit({ do: 'remove', id: node.id })}
        />
      </div>
      {faulty && <FaultLine message={fault.message} />}
    </div>
  )
}

function FaultLine({ message }: { message: string }) {
  return (
    <p className="bad small" role="alert">
      {message}
    </p>
  )
}

function AddButtons({ group, catalogue, onEdit }: Shared & { group: number }) {
  const { t } = useTranslation('conditions')
  const today = useFormat().day(useHouse().now)
  const offered = LEAF_KINDS.filter((kind) => isOffered(kind, catalogue))
  return (
    <div className="line">
      <Dropdown
        trigger={['click']}
        menu={{
          items: offered.map((kind) => ({ key: kind, label: t(`kind.${kind}`) })),
          onClick: ({ key }) => onEdit({ do: 'addLeaf', group, body: newLeaf(key as LeafKind, catalogue, today) }),
        }}
      >
        <Button size="small" icon={<PlusOutlined aria-hidden />}>
          {t('addLeaf')}
        </Button>
      </Dropdown>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'any', label: t('addAny') },
            { key: 'none', label: t('addNone') },
            { key: 'all', label: t('addAll') },
          ],
          onClick: ({ key }) =>
            onEdit({ do: 'addGroup', group, join: key as Join, body: newLeaf('event', catalogue, today) }),
        }}
      >
        <Button size="small" type="text" icon={<PlusOutlined aria-hidden />}>
          {t('addGroup')}
        </Button>
      </Dropdown>
    </div>
  )
}

/** A kind nobody has anything of in this house would only ask unanswerable questions. */
function isOffered(kind: LeafKind, catalogue: Catalogue): boolean {
  switch (kind) {
    case 'event':
      return catalogue.events.length > 0
    case 'attr':
      return catalogue.attrs.length > 0
    case 'tag':
      return catalogue.tags.length > 0
    case 'layer':
      return catalogue.layers.length > 0
    case 'audience':
      return catalogue.audiences.length > 0
    case 'list':
      return catalogue.lists.length > 0
    case 'relation':
    case 'group':
    case 'random':
      return true
    case 'household':
      return catalogue.household_roles.length > 0
    case 'sequence':
    case 'change':
      return catalogue.events.length > 0
  }
}
