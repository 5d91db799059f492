import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState, type ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/session'
import { language, speak } from '../i18n'
import { later } from '../shared/later'

const AccountDropdown = later(async () => (await import('./AccountDropdown')).AccountDropdown, <AccountButton />)

/** Who is signed in; language, light or dark, sign out. */
export function AccountMenu() {
  const { t } = useTranslation()
  const switchLanguage = useOtherLanguage()
  const [isAsked, setAsked] = useState(false)
  return (
    <>
      <Button type="text" size="small" className="wide-only" onClick={switchLanguage}>
        {t('account.otherLanguage')}
      </Button>
      {isAsked ? <AccountDropdown /> : <AccountButton onClick={() => setAsked(true)} />}
    </>
  )
}

export function useOtherLanguage(): () => void {
  const queries = useQueryClient()
  return () => void speak(language() === 'en' ? 'zh-CN' : 'en').then(() => queries.invalidateQueries())
}

export function AccountButton(props: ComponentProps<'button'>) {
  const { t } = useTranslation()
  const { staff_name: name, login } = useSession()
  return (
    <button
      {...props}
      type="button"
      className={`plain avatar ${props.className ?? ''}`}
      style={{ width: 28, height: 28, fontSize: 12 }}
      aria-label={t('account.menu')}
    >
      {(name ?? login).slice(0, 1).toUpperCase()}
    </button>
  )
}
