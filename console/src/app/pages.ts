import type { ComponentType } from 'react'
import type { Session } from '../api/session'

export type MenuGroup = 'business' | 'customers' | 'operate' | 'content' | 'sales' | 'world' | 'data' | 'house'

export type Role = Session['role']

/** Whoever sees all customers: numbers about the whole house are not for staff. */
const SEES_ALL: readonly Role[] = ['owner', 'manager', 'read_only']

export interface Page {
  /** Name of the page: its address, its folder under pages/, its namespace of texts. */
  name: PageName
  group: MenuGroup
  load: () => Promise<{ default: ComponentType }>
  /** Further addresses below the page, drawn by the same folder. */
  below?: { path: string; load: () => Promise<{ default: ComponentType }> }[]
  /** Shown only in a simulated world. */
  worldOnly?: boolean
  /** Whom it is for; everybody when not said. The server decides, this only spares a refusal. */
  roles?: readonly Role[]
}

export type PageName = 'overview' | 'goals' | 'reports' | 'customers' | 'tags' | 'layers' | 'audiences' | 'value' | 'affinity' | 'journeys' | 'outbox' | 'scripts' | 'links' | 'surveys' | 'tasks' | 'phones' | 'imports' | 'events' | 'settings'

/** Every page, in menu order. A page stands here when it works, not before. */
export const PAGES: readonly Page[] = [
  {
    name: 'overview',
    group: 'business',
    load: () => import('../pages/overview/Overview'),
    roles: SEES_ALL,
  },
  { name: 'goals', group: 'business', load: () => import('../pages/goals/Goals') },
  { name: 'reports', group: 'business', load: () => import('../pages/reports/Reports'), roles: SEES_ALL },
  {
    name: 'customers',
    group: 'customers',
    load: () => import('../pages/customers/Customers'),
    below: [{ path: ':cid', load: () => import('../pages/customers/Profile') }],
  },
  { name: 'tags', group: 'customers', load: () => import('../pages/tags/Tags') },
  { name: 'layers', group: 'customers', load: () => import('../pages/layers/Layers') },
  {
    name: 'audiences',
    group: 'customers',
    load: () => import('../pages/audiences/Audiences'),
    below: [
      { path: 'overlap', load: () => import('../pages/audiences/Overlap') },
      { path: ':key', load: () => import('../pages/audiences/Audience') },
    ],
  },
  { name: 'value', group: 'customers', load: () => import('../pages/value/Value'), roles: SEES_ALL },
  { name: 'affinity', group: 'customers', load: () => import('../pages/affinity/Affinity'), roles: SEES_ALL },
  {
    name: 'journeys',
    group: 'operate',
    load: () => import('../pages/journeys/Journeys'),
    below: [
      { path: ':key', load: () => import('../pages/journeys/Journey') },
      { path: ':key/edit', load: () => import('../pages/journeys/editor/Edit') },
    ],
  },
  { name: 'outbox', group: 'operate', load: () => import('../pages/outbox/Outbox'), roles: SEES_ALL },
  { name: 'scripts', group: 'content', load: () => import('../pages/scripts/Scripts') },
  { name: 'links', group: 'content', load: () => import('../pages/links/Links') },
  {
    name: 'surveys',
    group: 'content',
    load: () => import('../pages/surveys/Surveys'),
    below: [{ path: ':key', load: () => import('../pages/surveys/Survey') }],
  },
  { name: 'tasks', group: 'sales', load: () => import('../pages/tasks/Tasks') },
  { name: 'phones', group: 'world', load: () => import('../pages/phones/Phones'), worldOnly: true },
  {
    name: 'imports',
    group: 'data',
    load: () => import('../pages/imports/Imports'),
    below: [{ path: ':id', load: () => import('../pages/imports/Import') }],
    roles: ['owner', 'manager'],
  },
  { name: 'events', group: 'data', load: () => import('../pages/events/Events') },
  { name: 'settings', group: 'house', load: () => import('../pages/settings/Settings') },
]

export const GROUPS: readonly MenuGroup[] = ['business', 'customers', 'operate', 'content', 'sales', 'world', 'data', 'house']

export function mayOpen(page: Page, role: Role): boolean {
  return page.roles === undefined || page.roles.includes(role)
}

/** Where somebody begins. */
export function homeOf(role: Role): PageName {
  return role === 'staff' ? 'tasks' : 'overview'
}
