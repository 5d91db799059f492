import { Alert, Button, Drawer, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, http } from '../../api/client'
import { useMayWrite } from '../../api/session'
import { useAct } from '../../shared/act'
import { Chip } from '../../shared/Chip'
import { useFormat } from '../../shared/format'
import { Submit } from '../../shared/Submit'
import { PATH, type EventRow } from './Events'

type Property = EventRow['properties'][number]
type Kind = Property['kind']

const KINDS: readonly Kind[] = ['text', 'integer', 'number', 'money', 'bool', 'time', 'date']

/** The properties of an event: those planned, with their types, and those that came without being planned. */
export function EventDrawer({ event, onClose }: { event: EventRow; onClose: () => void }) {
  const { t } = useTranslation('events')
  const format = useFormat()
  const mayWrite = useMayWrite()
  const [editing, setEditing] = useState<Property | string | null>(null)
  const [retyping, setRetyping] = useState<Property | null>(null)
  const unplanned = api.useQuery('get', '/api/facts/events/{key}/unplanned', { params: { path: { key: event.key } } })
  return (
    <Drawer open onClose={onClose} title={t('propertiesOf', { name: format.named(event) || event.key })} size={640}>
      <div className="stack">
        {event.properties.length === 0 ? (
          <p className="sub">{t('noProperties')}</p>
        ) : (
          <table className="grid">
            <thead>
              <tr>
                <th>{t('property')}</th>
                <th>{t('key')}</th>
                <th>{t('type')}</th>
                <th aria-hidden />
              </tr>
            </thead>
            <tbody>
              {event.properties.map((property) => (
                <tr key={property.key}>
                  <td>{format.named(property) || property.key}</td>
                  <td>
                    <code>{property.key}</code>
                  </td>
                  <td>
                    {t(`kind.${property.kind}`)}{' '}
                    {property.misfits > 0 && <Chip tone="warn">{t('misfits', { n: format.count(property.misfits) })}</Chip>}
                  </td>
                  <td className="nowrap">
                    {!property.own && <Chip>{t('system')}</Chip>}
                    {property.own && mayWrite && (
                      <>
                        <Button size="small" type="text" onClick={() => setEditing(property)}>
                          {t('rename')}
                        </Button>
                        <Button size="small" type="text" onClick={() => setRetyping(property)}>
                          {t('changeType')}
                        </Button>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {mayWrite && (
          <div>
            <Button onClick={() => setEditing('')}>{t('addProperty')}</Button>
          </div>
        )}
        {unplanned.data && unplanned.data.total > 0 && (
          <section>
            <h3>{t('unplannedProps')}</h3>
            <div className="line">
              {unplanned.data.items.map(({ key, n }) => (
                <Button key={key} size="small" disabled={!mayWrite} onClick={() => setEditing(key)}>
                  {t('unplannedProp', { key, n: format.count(n) })}
                </Button>
              ))}
            </div>
          </section>
        )}
      </div>
      {editing !== null && <PropertyForm event={event} property={editing} onClose={() => setEditing(null)} />}
      {retyping && <Retype property={retyping} onClose={() => setRetyping(null)} />}
    </Drawer>
  )
}

interface Fields {
  key: string
  name_zh: string
  name_en: string
  kind: Kind
}

/** A property planned, or one named anew; its type is changed elsewhere. */
function PropertyForm({ event, property, onClose }: { event: EventRow; property: Property | string; onClose: () => void }) {
  const { t } = useTranslation('events')
  const known = typeof property === 'string' ? null : property
  const save = useAct(
    ({ key, ...body }: Fields) =>
      http.PUT('/api/facts/events/{key}/properties/{name}', {
        params: { path: { key: event.key, name: known?.key ?? key.trim() } },
        body: { ...body, kind: known?.kind ?? body.kind },
      }),
    { done: t('saved'), stale: [PATH], then: onClose, quiet: true },
  )
  return (
    <Modal open title={known ? t('rename') : t('addProperty')} footer={null} onCancel={onClose}>
      <Form<Fields>
        layout="vertical"
        initialValues={{
          key: known?.key ?? property,
          name_zh: known?.name_zh ?? '',
          name_en: known?.name_en ?? '',
          kind: known?.kind ?? 'text',
        }}
        onFinish={(fields) => save.mutate(fields)}
      >
        {known === null && (
          <Form.Item name="key" label={t('key')} extra={t('propertyKeyWhy')} rules={[{ required: true }]}>
            <Input maxLength={60} />
          </Form.Item>
        )}
        <Form.Item name="name_zh" label={t('zhName')} rules={[{ required: true }]}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="name_en" label={t('enName')}>
          <Input maxLength={100} />
        </Form.Item>
        {known === null && (
          <Form.Item name="kind" label={t('type')}>
            <Select options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} />
          </Form.Item>
        )}
        <Submit act={save} />
      </Form>
    </Modal>
  )
}

/** Another type for a property: what would become of its values, then the change. */
function Retype({ property, onClose }: { property: Property; onClose: () => void }) {
  const { t } = useTranslation('events')
  const format = useFormat()
  const [kind, setKind] = useState<Kind>(property.kind)
  const path = { key: property.key }
  const isOther = kind !== property.kind
  const seen = api.useQuery('post', '/api/insight/properties/{key}/kind/preview', { params: { path }, body: { kind } }, { enabled: isOther })
  const change = useAct(() => http.PUT('/api/insight/properties/{key}/kind', { params: { path }, body: { kind } }), {
    done: t('retyped'),
    stale: ['/api/facts', '/api/insight'],
    then: onClose,
    quiet: true,
  })
  const told = isOther ? seen.data : undefined
  return (
    <Modal open title={t('changeTypeOf', { name: format.named(property) || property.key })} footer={null} onCancel={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate(undefined)
        }}
      >
        <Select
          aria-label={t('type')}
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
        />
        {told && (
          <p aria-live="polite">
            {t(told.misfits === 0 ? 'wouldFit' : 'wouldLose', {
              n: format.count(told.values),
              wrong: format.count(told.misfits),
              kind: t(`kind.${kind}`),
              samples: format.list(told.samples),
            })}
          </p>
        )}
        {told && told.used_by.length > 0 && <Alert type="warning" showIcon title={t('usedBy', { who: format.list(told.used_by) })} />}
        <Submit act={change} label={t('changeType')} disabled={!told || told.used_by.length > 0} />
      </form>
    </Modal>
  )
}
