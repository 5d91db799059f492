import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { api } from '../../api/client'
import { Card } from '../../shared/Card'
import { useFormat } from '../../shared/format'
import type { StepCount } from './Canvas'
import { END, type Definition, type Step } from './definition'
import { waysOf } from './kinds'
import type { Names } from './names'
import { sayStep, sayWay } from './words'

interface Props {
  step: Step
  definition: Definition
  count: StepCount | undefined
  journeyKey: string
  names: Names
}

/** Everything about one step: its words as the customer reads them, where it leads, who stands there. */
export function StepPanel({ step, definition, count, journeyKey, names }: Props) {
  const { t } = useTranslation('journeys')
  const format = useFormat()
  const variables = api.useQuery('get', '/api/journeys/variables', undefined, { staleTime: 300_000 })
  const variableName = (name: string) => {
    const found = variables.data?.find((each) => each.name === name)
    return found ? format.named({ name_zh: found.zh, name_en: found.en }) : name
  }
  const said = sayStep(step, t, names)
  const at = definition.steps.indexOf(step)
  const titleOf = (id: string) => {
    const to = definition.steps.find((each) => each.id === id)
    return to ? sayStep(to, t, names).title : id === END ? t('reason.done') : id
  }
  return (
    <Card title={said.title} why={[said.head, said.aside].filter(Boolean).join(' · ')}>
      <div className="stack-8">
        {step.message && (
          <div className="message-preview" aria-label={t('preview')}>
            {step.message.text.split(/(\{[^}]*\})/).map((part, nth) =>
              part.startsWith('{') ? (
                <mark key={nth} title={part}>
                  {variableName(part.slice(1, -1).split('|')[0] ?? '')}
                </mark>
              ) : (
                part
              ),
            )}
          </div>
        )}
        {step.message?.offer && (
          <p className="sub">{t('offer', { name: step.message.offer.name, cost: step.message.offer.cost ?? '0' })}</p>
        )}
        {step.task?.text && <p>{step.task.text}</p>}
        <table className="facts">
          <tbody>
            {count && (
              <tr>
                <th scope="row">{t('peopleHere')}</th>
                <td>
                  {format.people(count.here)}{' '}
                  {count.here > 0 && (
                    <Link to={`/journeys/${journeyKey}?tab=people&at=${step.id}`}>{t('seePeople')}</Link>
                  )}
                </td>
              </tr>
            )}
            <tr>
              <th scope="row">{t('stepTo')}</th>
              <td>
                {waysOf(definition, at).map((way, nth) => (
                  <div key={nth}>
                    {(way.otherwise || way.label) && (
                      <span className="sub">
                        {way.otherwise
                          ? t('otherwise')
                          : sayWay(way.label, t)}{' '}
                        →{' '}
                      </span>
                    )}
                    {titleOf(way.to)}
                  </div>
                ))}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
    </Card>
  )
}
