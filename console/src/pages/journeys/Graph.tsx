import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '../../shared/address'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import { Skeleton } from '../../shared/PageState'
import type { Definition } from './definition'
import type { Detail } from './Journey'
import { useNames } from './names'
import { StepPanel } from './StepPanel'
import { saySpan, sayTrigger } from './words'

const Canvas = lazy(() => import('./Canvas'))

/** The journey drawn, and beside it the chosen step or what holds for the whole journey. */
export function Graph({ detail }: { detail: Detail }) {
  const { t } = useTranslation('journeys')
  const names = useNames()
  const [address, set] = useAddress({ step: '' })
  const definition = detail.definition as unknown as Definition
  const counts = Object.fromEntries(detail.nodes.map(({ id, here, passed, dropped }) => [id, { here, passed, dropped }]))
  const step = definition.steps.find(({ id }) => id === address.step)
  return (
    <div className="journey">
      <div className="journey-canvas">
        <Suspense fallback={<Skeleton rows={10} />}>
          <Canvas
            definition={definition}
            counts={detail.showing === 'live' ? counts : {}}
            entered={detail.journey.entered_30d}
            names={names}
            selected={address.step || null}
            onSelect={(id) => set({ step: id ?? '' }, { replace: true })}
          />
        </Suspense>
      </div>
      <div className="stack">
        {step ? (
          <StepPanel step={step} definition={definition} count={counts[step.id]} journeyKey={detail.journey.key} names={names} />
        ) : (
          <Card title={t('noteTitle')} why={t('noteText')} />
        )}
        <Rules definition={definition} />
      </div>
    </div>
  )
}

function Rules({ definition }: { definition: Definition }) {
  const { t } = useTranslation('journeys')
  const names = useNames()
  return (
    <Card>
      <table className="facts">
        <tbody>
          <tr>
            <th scope="row">{t('start')}</th>
            <td>
              {definition.triggers.map((trigger, at) => (
                <div key={at}>{sayTrigger(trigger, t, names)}</div>
              ))}
              <div className="sub">
                {t(`entry.${definition.entry ?? 'once'}`)}
                {definition.gap && ` · ${saySpan(definition.gap, t)}`}
              </div>
            </td>
          </tr>
          {definition.subject !== 'staff' && <CustomerRules definition={definition} />}
        </tbody>
      </table>
    </Card>
  )
}

/** What only a customer's journey has. */
function CustomerRules({ definition }: { definition: Definition }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const names = useNames()
  return (
    <>
        <tr>
          <th scope="row">{t('goalIs')}</th>
          <td>{names.event(definition.goal?.event ?? 'order_paid')}</td>
        </tr>
        {definition.exits && definition.exits.length > 0 && (
          <tr>
            <th scope="row">{t('exitsAre')}</th>
            <td>{format.list(definition.exits.map(({ event }) => names.event(event)))}</td>
          </tr>
        )}
        <tr>
          <th scope="row">{t('controlShare')}</th>
          <td>{format.count(definition.control ?? 0, 1)}%</td>
        </tr>
        <tr>
          <th scope="row">{t('windowIs')}</th>
          <td>{t('windowDays', { n: definition.window ?? 14 })}</td>
        </tr>
        <tr>
          <th scope="row">{t('priority')}</th>
          <td>{definition.priority ?? 50}</td>
        </tr>
    </>
  )
}
