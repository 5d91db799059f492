import { MenuOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, Outlet } from 'react-router'
import { useHouse, useSession } from '../api/session'
import { Skeleton } from '../shared/PageState'
import { AccountMenu } from './AccountMenu'
import { FindAnything } from './FindAnything'
import { Freshness } from './Freshness'
import { Mark } from './Mark'
import { GROUPS, mayOpen, PAGES } from './pages'

/** The frame of every page: menu at the left, search, time and account above. */
export function Shell() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {t('act.skip')}
      </a>
      <Menu open={open} onGo={() => setOpen(false)} />
      {open && <button type="button" className="shell-veil" aria-label={t('act.closeMenu')} onClick={() => setOpen(false)} />}
      <div className="shell-main">
        <div className="top">
          <Button
            className="top-menu-button"
            type="text"
            icon={<MenuOutlined aria-hidden />}
            aria-label={t('act.openMenu')}
            aria-expanded={open}
            onClick={() => setOpen(true)}
          />
          <FindAnything />
          <div className="top-right">
            <Freshness />
            <AccountMenu />
          </div>
        </div>
        <main id="main" tabIndex={-1} style={{ outline: 'none' }}>
          <Suspense fallback={<Skeleton />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
    </div>
  )
}

function Menu({ open, onGo }: { open: boolean; onGo: () => void }) {
  const { t } = useTranslation()
  const { world_at: worldAt } = useHouse()
  const { role } = useSession()
  const shown = PAGES.filter((page) => mayOpen(page, role) && (!page.worldOnly || worldAt !== null))
  return (
    <nav className={`shell-nav ${open ? 'open' : ''}`} aria-label={t('menu.label')}>
      <Link to="/" className="brand" onClick={onGo}>
        <Mark />
        {t('brand')}
      </Link>
      {GROUPS.map((group) => {
        const pages = shown.filter((page) => page.group === group)
        if (pages.length === 0) return null
        return (
          <div key={group} role="group" aria-label={t(`menu.${group}`)}>
            <div className="nav-group">{t(`menu.${group}`)}</div>
            {pages.map(({ name }) => (
              <NavLink key={name} to={`/${name}`} className="nav-link" onClick={onGo}>
                {t(`page.${name}`)}
              </NavLink>
            ))}
          </div>
        )
      })}
    </nav>
  )
}
