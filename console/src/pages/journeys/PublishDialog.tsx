import { Alert, Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, http } from '../../api/client'
import type { components } from '../../api/schema'
import { useAct } from '../../shared/act'
import { useFormat } from '../../shared/format'
import { asProblem, Loaded } from '../../shared/PageState'
import type { JourneyRow } from './Journeys'

type Impact = components['schemas']['ImpactOut']
type Choice = components['schemas']['PublishIn']['people']
const CHOICES = ['finish', 'move', 'exit'] as const

/** What publishing will do, shown before it is done; asked once. */
export function PublishDialog({ journey, onClose }: { journey: JourneyRow; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const preview = api.useQuery(
    'get',
    '/api/journeys/{key}/preview',
    { params: { path: { key: journey.key } } },
    { staleTime: 0 },
  )
  return (
    <Modal open title={t('publishTitle')} footer={null} onCancel={onClose} width={560}>
      <p className="sub">{t('publishWhy')}</p>
      <Loaded query={preview} rows={4}>
        {(impact) => <ImpactView journey={journey} impact={impact} onClose={onClose} />}
      </Loaded>
    </Modal>
  )
}

function ImpactView({ journey, impact, onClose }: { journey: JourneyRow; impact: Impact; onClose: () => void }) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const navigate = useNavigate()
  const [choice, setChoice] = useState<Choice>('finish')
  const publish = useAct(
    async () =>
      (await http.POST('/api/journeys/{key}/publish', { params: { path: { key: journey.key } }, body: { people: choice } }))
        .data?.journey.version ?? 0,
    {
      done: (n) => t('published', { n }),
      stale: ['/api/journeys', '/api/evidence'],
      then: () => {
        onClose()
        void navigate(`/journeys/${journey.key}`)
      },
      quiet: true,
    },
  )
  /** Of a changed wait: whom it lets go at once, sooner and later than before, when they are moved. */
  const timing = (step: Impact['steps'][number]) => {
    const said = (['at_once', 'sooner', 'later'] as const)
      .filter((how) => step[how] > 0)
      .map((how) => t(`timing.${how}`, { n: format.count(step[how]) }))
    const looked = step.looked_at < step.people && said.length > 0 ? [t('timing.looked', { n: format.count(step.looked_at) })] : []
    return said.length === 0 ? '' : t('timing.moved', { said: format.list([...said, ...looked]) })
  }
  const blocked = impact.problems.length > 0
  return (
    <div className="stack">
      {impact.first && <p>{t('first')}</p>}
      {impact.unchanged && <Alert type="info" title={t('unchanged')} />}
      <table className="facts">
        <tbody>
          <Row name={t('insideNow')} value={format.people(impact.inside)} />
          {impact.steps.map((each) => (
            <Row
              key={each.step}
              name={t(each.change === 'removed' ? 'removedStep' : 'changedStep', { step: each.step, to: each.to })}
              value={format.people(each.people)}
              tone={each.change === 'removed' ? 'warn' : ''}
              why={timing(each)}
            />
          ))}
          {impact.queued.map((each) => (
            <Row key={each.step} name={t('queuedMessages', { step: each.step })} value={format.count(each.messages)} />
          ))}
          {impact.added.length > 0 && <Row name={t('addedSteps')} value={format.list(impact.added)} />}
          {impact.empty.map((each) => (
            <Row
              key={`${each.step}${each.variable}`}
              name={t('emptyVariable', { step: each.step, variable: `{${each.variable}}` })}
              value={format.people(each.people)}
              tone="bad"
            />
          ))}
          <Row name={t('controlShare')} value={controlShares(impact, (share) => `${format.count(share, 1)}%`)} />
        </tbody>
      </table>
      {blocked && (
        <div className="stack-8">
          <h3>{t('problems', { n: impact.problems.length })}</h3>
          <p className="sub">{t('problemsWhy')}</p>
          {impact.problems.map((problem) => (
            <Button
              key={problem.place + problem.code}
              type="link"
              style={{ justifyContent: 'start', whiteSpace: 'normal', textAlign: 'left', height: 'auto' }}
              onClick={() => {
                const step = /^steps\.([^.]+)/.exec(problem.place)?.[1]
                onClose()
                void navigate(`/journeys/${journey.key}?show=draft${step ? `&step=${step}` : ''}`)
              }}
            >
              <span className="bad">{problem.message}</span>
            </Button>
          ))}
        </div>
      )}
      {!blocked && impact.inside > 0 && (
        <Radio.Group
          value={choice}
          onChange={(event) => setChoice(event.target.value as Choice)}
          aria-label={t('choose')}
          style={{ display: 'grid', gap: 4 }}
          options={CHOICES.map((value) => ({ value, label: t(`choice.${value}`) }))}
        />
      )}
      {publish.error && <Alert type="error" showIcon title={asProblem(publish.error).message} />}
      <div className="line">
        <Button type="primary" disabled={blocked} loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
          {t('publishAct')}
        </Button>
        <Button onClick={onClose}>{t('act.cancel', { ns: 'common' })}</Button>
      </div>
    </div>
  )
}

function controlShares({ control, control_before: before }: Impact, write: (share: number) => string): string {
  return before === null || before === control ? write(control) : `${write(before)} → ${write(control)}`
}

function Row({ name, value, tone = '', why = '' }: { name: string; value: string; tone?: string; why?: string }) {
  return (
    <tr>
      <th scope="row" style={{ whiteSpace: 'normal' }}>
        {name}
        {why !== '' && <div className="sub">{why}</div>}
      </th>
      <td className={`num strong ${tone}`}>{value}</td>
    </tr>
  )
}
