import { useState } from 'react'
import { useParams } from 'react-router'
import { api } from '../../../api/client'
import { useMayWrite } from '../../../api/session'
import { useAddress } from '../../../shared/address'
import { Loaded, NotAllowed } from '../../../shared/PageState'
import type { Definition } from '../definition'
import { Editor } from './Editor'

/** The share that is watched and left alone, as a journey begins: enough to tell, and most people are served. */
const CONTROL = 20

function forCustomers(key: string): Definition {
  return { key, name: '', triggers: [{ event: 'friend_added' }], control: CONTROL, steps: [] }
}

function forStaff(key: string): Definition {
  const triggers = [{ staff: {}, schedule: { at: '09:00', only: 'workdays' as const } }]
  return { key, subject: 'staff', name: '', triggers, entry: 'each', steps: [] }
}

/** A journey drawn on the canvas: a new one, or the draft of one there is. */
export default function Edit() {
  const { key = '' } = useParams()
  const mayWrite = useMayWrite()
  const [address, set] = useAddress({ new: '', subject: '' })
  // It is new until it is left, though its first change makes it a draft like any other.
  const [isNew] = useState(address.new !== '')
  const detail = api.useQuery('get', '/api/journeys/{key}', { params: { path: { key }, query: { draft: true } } }, { enabled: !isNew && mayWrite })
  if (!mayWrite) return <NotAllowed />
  if (isNew)
    return (
      <Editor
        isNew
        initial={address.subject === 'staff' ? forStaff(key) : forCustomers(key)}
        onSaved={() => set({ new: '' }, { replace: true })}
      />
    )
  return (
    <Loaded query={detail} rows={12}>
      {({ definition }) => <Editor isNew={false} initial={definition as unknown as Definition} onSaved={() => undefined} />}
    </Loaded>
  )
}
