import { Navigate } from 'react-router'
import { useSession } from '../api/session'
import { homeOf } from './pages'

/** The first thing somebody needs: the numbers for those who steer, the day's tasks for staff. */
export function Home() {
  const { role } = useSession()
  return <Navigate to={`/${homeOf(role)}`} replace />
}
