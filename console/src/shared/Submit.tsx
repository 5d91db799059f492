import { Alert, Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { asProblem } from './PageState'

/** The end of a form: what went wrong, in words, and the button that does it. */
export function Submit({
  act,
  label,
  disabled = false,
  why,
}: {
  act: { error: unknown; isPending: boolean }
  /** What the button says; to save when left out. */
  label?: string
  disabled?: boolean
  /** Why it cannot be done yet. */
  why?: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <div className="stack" style={{ marginTop: 16 }}>
      {act.error != null && <Alert type="error" showIcon title={asProblem(act.error).message} />}
      <div className="line">
        <Button type="primary" htmlType="submit" disabled={disabled} loading={act.isPending}>
          {label ?? t('act.save')}
        </Button>
        {disabled && why !== undefined && <span className="sub">{why}</span>}
      </div>
    </div>
  )
}
