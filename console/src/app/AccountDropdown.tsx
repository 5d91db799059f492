import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { http } from '../api/client'
import { useSession } from '../api/session'
import { AccountButton, useOtherLanguage } from './AccountMenu'
import { setMode, useMode } from './mode'

/** The opened menu of the account; loaded when somebody first asks for it. */
export function AccountDropdown() {
  const { t } = useTranslation()
  const session = useSession()
  const mode = useMode()
  const queries = useQueryClient()
  const switchLanguage = useOtherLanguage()
  const [open, setOpen] = useState(true)
  const signOut = useMutation({
    mutationFn: () => http.DELETE('/api/session'),
    onSettled: async () => {
      // An answer about the session still on its way is from before, and would let its reader in again.
      await queries.cancelQueries()
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'house' && queryKey[0] !== 'session' })
      queries.setQueryData(['session'], null)
    },
  })
  return (
    <Dropdown
      open={open}
      onOpenChange={setOpen}
      placement="bottomRight"
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', label: `${session.staff_name ?? session.login} · ${t(`role.${session.role}`)}`, disabled: true },
          { type: 'divider' },
          { key: 'language', label: t('account.otherLanguage'), onClick: switchLanguage },
          {
            key: 'mode',
            label: t(mode === 'dark' ? 'account.light' : 'account.dark'),
            onClick: () => setMode(mode === 'dark' ? 'light' : 'dark'),
          },
          { type: 'divider' },
          { key: 'out', label: t('account.signOut'), onClick: () => signOut.mutate() },
        ],
      }}
    >
      <AccountButton autoFocus />
    </Dropdown>
  )
}
