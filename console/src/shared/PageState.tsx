import { Button, Skeleton as AntSkeleton } from 'antd'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api/problem'

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('client', error instanceof Error ? error.message : String(error))
}

/** Loading: the shape of what comes, announced once to screen readers. */
export function Skeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" aria-label={t('state.loading')} style={{ padding: 16 }}>
      <AntSkeleton active paragraph={{ rows }} />
    </div>
  )
}

/** Empty: what this place is for, one example, one button. */
export function Empty({ title, text, act }: { title: string; text: string; act?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      <p>{text}</p>
      {act}
    </div>
  )
}

/** Failure or refusal: what happened, what was kept, what to do. */
export function Failure({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const { t } = useTranslation()
  const kind = problem.isForbidden ? 'forbidden' : problem.isMissing ? 'missing' : problem.status === 0 ? 'network' : 'error'
  return (
    <div className="state" role="alert">
      <h2>{t(`state.${kind}.title`)}</h2>
      <p>{problem.message || t(`state.${kind}.text`)}</p>
      {kind === 'error' && <p className="small">{t('state.kept', { code: problem.code })}</p>}
      {onRetry && kind !== 'forbidden' && <Button onClick={onRetry}>{t('act.retry')}</Button>}
    </div>
  )
}

/** A page or part of one that is not for the reader's role. */
export function NotAllowed() {
  return (
    <div className="body">
      <Failure problem={new Problem('auth.forbidden', '', '', 403)} />
    </div>
  )
}

/** Draws a query's four states; `children` sees data only. Old data stays on screen while fresh is fetched. */
export function Loaded<T>({
  query,
  children,
  rows,
  skeleton,
}: {
  query: Pick<UseQueryResult<T, unknown>, 'data' | 'error' | 'refetch'>
  children: (data: T) => ReactNode
  rows?: number
  /** The shape of what comes, where a block of lines is not it. */
  skeleton?: ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failure problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
  return skeleton ?? <Skeleton rows={rows} />
}
