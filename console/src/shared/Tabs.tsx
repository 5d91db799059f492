import { Tabs as AntTabs } from 'antd'
import type { ReactNode } from 'react'
import { useAddress } from './address'
import { NotAllowed } from './PageState'

interface Item {
  key: string
  label: string
  render: () => ReactNode
  /** False for what the reader's role may not see: no tab, and a refusal where the address asks for it. */
  isAllowed?: boolean
}

/** Tabs whose choice is in the address; only the open one is drawn. */
export function Tabs({ name = 'tab', items, extra }: { name?: string; items: Item[]; extra?: ReactNode }) {
  const [address, set] = useAddress({ [name]: items[0]?.key ?? '' })
  const shown = items.filter(({ isAllowed = true }) => isAllowed)
  const asked = items.find(({ key }) => key === address[name]) ?? items[0]
  const isRefused = asked?.isAllowed === false
  return (
    <>
      <AntTabs
        activeKey={isRefused ? '' : asked?.key}
        onChange={(key) => set({ [name]: key })}
        tabBarExtraContent={extra}
        destroyOnHidden
        items={shown.map(({ key, label, render }) => ({ key, label, children: key === asked?.key ? render() : null }))}
      />
      {isRefused && <NotAllowed />}
    </>
  )
}
