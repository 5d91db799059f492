import { useTranslation } from 'react-i18next'
import { Link, useRouteError } from 'react-router'
import { asProblem, Empty, Failure } from '../shared/PageState'

/** The page itself failed: say so, keep the menu, offer to load it again. */
export function Crash() {
  const error = useRouteError()
  return (
    <div className="body">
      <Failure problem={asProblem(error)} onRetry={() => window.location.reload()} />
    </div>
  )
}

export function NotFound() {
  const { t } = useTranslation()
  return (
    <div className="body">
      <Empty title={t('state.missing.title')} text={t('state.missing.text')} act={<Link to="/">{t('act.home')}</Link>} />
    </div>
  )
}
