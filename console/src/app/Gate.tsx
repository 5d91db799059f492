import { useQuery } from '@tanstack/react-query'
import { Navigate, Outlet, useLocation } from 'react-router'
import { houseQuery, SessionContext, sessionQuery } from '../api/session'
import { asProblem, Failure, Skeleton } from '../shared/PageState'

/** Where you may be: first run before anything, sign-in before the shell, and back to where you were going. */
export function Gate({ place }: { place: 'shell' | 'sign-in' | 'welcome' }) {
  const house = useQuery(houseQuery)
  const session = useQuery({ ...sessionQuery, enabled: house.data?.founded === true })
  const here = useLocation()
  const failed = house.error ?? session.error
  if (failed)
    return (
      <div className="front">
        <Failure
          problem={asProblem(failed)}
          onRetry={() => void Promise.all([house.refetch(), session.refetch()])}
        />
      </div>
    )
  if (!house.data) return <Skeleton />
  if (!house.data.founded) return place === 'welcome' ? <Outlet /> : <Navigate to="/welcome" replace />
  if (session.data === undefined) return <Skeleton />
  if (session.data === null)
    return place === 'sign-in' ? (
      <Outlet />
    ) : (
      <Navigate to="/sign-in" replace state={{ back: place === 'shell' ? here.pathname + here.search : '/' }} />
    )
  if (place === 'shell')
    return (
      <SessionContext value={session.data}>
        <Outlet />
      </SessionContext>
    )
  const back = (here.state as { back?: string } | null)?.back ?? '/'
  return <Navigate to={back} replace />
}
