import { useQuery } from '@tanstack/react-query'
import { http } from './client'
import { Problem } from './problem'
import type { components } from './schema'

export type Session = components['schemas']['Session']
export type House = components['schemas']['HouseOut']

async function readSession(): Promise<Session | null> {
  try {
    const { data } = await http.GET('/api/session')
    return data ?? null
  } catch (error) {
    if (error instanceof Problem && error.isSignedOut) return null
    throw error
  }
}

async function readHouse(): Promise<House> {
  const { data } = await http.GET('/api/house')
  if (!data) throw new Problem('network', '')
  return data
}

export const sessionQuery = { queryKey: ['session'], queryFn: readSession, staleTime: 300_000 }
export const houseQuery = { queryKey: ['house'], queryFn: readHouse, staleTime: 60_000 }

/** The signed-in session. Only inside the shell, which is drawn for signed-in people alone. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery)
  if (!data) throw new Problem('auth.required', '', '', 401)
  return data
}

/** The house's name, zone, currency and time. Only below the gate, which has loaded it. */
export function useHouse(): House {
  const { data } = useQuery(houseQuery)
  if (!data) throw new Problem('network', '')
  return data
}

/** Owners and managers change definitions; the server decides, this only hides what it would refuse. */
export function useMayWrite(): boolean {
  const { role } = useSession()
  return role === 'owner' || role === 'manager'
}

/** Whether numbers about all customers are theirs to see: staff see their own customers only. */
export function useSeesAll(): boolean {
  return useSession().role !== 'staff'
}

/** Whether they work on the customers they see: give a tag, note a consent. Readers only look. */
export function useMayWork(): boolean {
  return useSession().role !== 'read_only'
}
