import { Fragment } from 'react'
import { Link } from 'react-router'
import type { components } from '../../api/schema'

const PATHS: Record<string, (key: string) => string> = {
  audience: (key) => `/audiences/${key}`,
  tag: (key) => `/tags?tag=${key}`,
  layer: (key) => `/layers?model=${key}`,
  journey: (key) => `/journeys/${key}`,
}

/** The definitions that refer to something, each a way to it. */
export function UsedBy({ users }: { users: readonly components['schemas']['UsedBy'][] }) {
  return users.map(({ user, name }, place) => {
    const [kind = '', key = ''] = user.split(':')
    const path = PATHS[kind]
    return (
      <Fragment key={user}>
        {place > 0 && ' · '}
        {path ? <Link to={path(key)}>{name}</Link> : name}
      </Fragment>
    )
  })
}
