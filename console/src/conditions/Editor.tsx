import { useReducer, useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useSeesAll } from '../api/session'
import { Card } from '../shared/Card'
import { useFormat } from '../shared/format'
import { asProblem, Loaded } from '../shared/PageState'
import { Builder } from './Builder'
import { conditionOf, edit, nodeAt, treeOf, type Condition } from './tree'
import { useCatalogue } from './useCatalogue'
import { useCount } from './useCount'

interface Props {
  initial: Condition | null
  onChange: (condition: Condition | null) => void
  /** Below the live count, in the right column. */
  aside?: ReactNode
  /** In narrow places (drawers) the count stands under the builder. */
  narrow?: boolean
}

/** The condition being edited, as a sentence above, and whom it selects: people, share, ten of them, the time it took. */
export function ConditionEditor({ initial, onChange, aside, narrow = false }: Props) {
  const { t } = useTranslation('conditions')
  const format = useFormat()
  const catalogue = useCatalogue()
  const [tree, dispatch] = useReducer(edit, initial, treeOf)
  const { condition, places } = conditionOf(tree)
  const written = JSON.stringify(condition)
  useEffect(() => onChange(JSON.parse(written) as Condition | null), [written, onChange])
  const seesAll = useSeesAll()
  const count = useCount(condition, seesAll)
  const problem = count.error === null ? null : asProblem(count.error)
  const fault = problem?.status === 422 ? { id: nodeAt(problem.place, places), message: problem.message } : null
  const answer = condition === null || problem ? null : count.data
  return (
    <div className={narrow ? 'stack' : 'editor'}>
      <div className="stack">
        {answer && (
          <div className="card calm" aria-live="polite">
            <p style={{ fontSize: 15 }}>{answer.sentence}</p>
          </div>
        )}
        <Card title={t('title')}>
          <Loaded query={catalogue} rows={3}>
            {(known) => <Builder tree={tree} catalogue={known} onEdit={dispatch} fault={fault} />}
          </Loaded>
        </Card>
      </div>
      <div className="stack">
        <Card>
          <div aria-live="polite" aria-busy={!count.isSettled}>
            <div className="sub">{t('now')}</div>
            <div className="big-number" style={{ opacity: count.isSettled ? 1 : 0.55 }}>
              {condition === null ? '—' : format.people(answer?.count)}
            </div>
            <div className="sub">
              {answer
                ? t('share', { share: format.rate(answer.share), ms: format.count(answer.ms) })
                : problem && !fault
                  ? problem.message
                  : t(condition === null ? 'addOne' : !seesAll ? 'ownOnly' : fault ? 'fixFirst' : 'counting')}
            </div>
          </div>
        </Card>
        {answer && answer.findings.length > 0 && (
          <Card title={t('odd')}>
            <ul className="plain-list">
              {answer.findings.map((each) => (
                <li key={`${each.code} ${each.place}`}>{each.message}</li>
              ))}
            </ul>
          </Card>
        )}
        {answer && answer.samples.length > 0 && (
          <Card title={t('samples', { n: answer.samples.length })}>
            <ul className="plain-list">
              {answer.samples.map((sample) => (
                <li key={sample.cid}>
                  <Link to={`/customers/${sample.cid}`}>{sample.name || `#${sample.cid}`}</Link>
                </li>
              ))}
            </ul>
          </Card>
        )}
        {aside}
      </div>
    </div>
  )
}
