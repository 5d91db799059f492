import { useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
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

/**
 * What the gate let in. Handed down rather than asked again: the moment somebody signs out, a component deep in the shell
 * would learn of it before the gate has taken it off the screen.
 */
export const SessionContext = createContext<Session | null>(null)

/** The signed-in session. Only inside the shell, which is drawn for signed-in people alone. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Problem('auth.required', '', '', 401)
  return session
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
