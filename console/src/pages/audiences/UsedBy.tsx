import { Fragment } from 'react'
import { Link } from 'react-router'
import type { components } from '../../api/schema'
import { useKnown } from '../../conditions/useKnown'

const PATHS: Record<string, (key: string) => string> = {
  audience: (key) => `/audiences/${key}`,
  tag: (key) => `/tags?tag=${key}`,
  layer: (key) => `/layers?model=${key}`,
  journey: (key) => `/journeys/${key}`,
}

/** The definitions that refer to something, each a way to it; journeys are named where journeys are known. */
export function UsedBy({ users }: { users: readonly components['schemas']['UsedBy'][] }) {
  const known = useKnown()
  return users.map(({ user, name }, place) => {
    const [kind = '', key = ''] = user.split(':')
    const path = PATHS[kind]
    return (
      <Fragment key={user}>
        {place > 0 && ' · '}
        {path ? <Link to={path(key)}>{kind === 'journey' ? known.journey(key) : name}</Link> : name}
      </Fragment>
    )
  })
}
