import { ConfigProvider } from 'antd'
import en from 'antd/locale/en_US'
import zh from 'antd/locale/zh_CN'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { RouterProvider } from 'react-router/dom'
import { Messages } from '../shared/messages'
import { useMode } from './mode'
import { router } from './router'
import { themeOf } from './theme'

export function App() {
  const mode = useMode()
  const { t, i18n } = useTranslation()
  const theme = useMemo(() => themeOf(mode), [mode])
  useEffect(() => {
    document.title = t('brand')
  }, [t])
  return (
    <ConfigProvider
      theme={theme}
      locale={i18n.language === 'en' ? en : zh}
      button={{ autoInsertSpace: false }}
      popupMatchSelectWidth={false}
    >
      <Messages>
        <RouterProvider router={router} />
      </Messages>
    </ConfigProvider>
  )
}
