import { Outlet } from 'react-router'
import { useSession } from '../api/session'
import { NotAllowed } from '../shared/PageState'
import { mayOpen, type Page } from './pages'

/** A page for those it is for; everybody else is told so, by whatever address they came. */
export function Allowed({ page }: { page: Page }) {
  const { role } = useSession()
  return mayOpen(page, role) ? <Outlet /> : <NotAllowed />
}
