import { message } from 'antd'
import type { MessageInstance } from 'antd/es/message/interface'
import { createContext, use, type ReactNode } from 'react'

const Said = createContext<MessageInstance | null>(null)

/** Where short messages about acts appear; around everything that acts. */
export function Messages({ children }: { children: ReactNode }) {
  const [api, holder] = message.useMessage()
  return (
    <Said value={api}>
      {holder}
      {children}
    </Said>
  )
}

/** Says in passing that something worked or did not. */
export function useMessage(): MessageInstance {
  const api = use(Said)
  if (!api) throw new Error('useMessage outside of Messages')
  return api
}
