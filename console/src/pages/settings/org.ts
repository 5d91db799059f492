import { api } from '../../api/client'
import type { components } from '../../api/schema'

export type Department = components['schemas']['DepartmentOut']
export type Store = components['schemas']['StoreOut']
export type Staff = components['schemas']['StaffOut']

/** Everything under it is stale after any change: counts, paths and names stand in each other's lists. */
export const ORG = '/api/org/'

/** Which staff are shown: text, a department's and a store's key, active "true" or "false". */
export const NO_FILTERS = { search: '', department: '', store: '', active: '' }
export type StaffFilters = typeof NO_FILTERS

export function useDepartments() {
  return api.useQuery('get', '/api/org/departments')
}

export function useStores() {
  return api.useQuery('get', '/api/org/stores')
}

/** The keys of a department and of everything below it. Departments come with parents first. */
export function withBelow(departments: Department[], key: string): Set<string> {
  const found = new Set([key])
  for (const each of departments) if (each.parent !== null && found.has(each.parent)) found.add(each.key)
  return found
}

export interface TreeNode {
  key: string
  department: Department
  children: TreeNode[]
}

/** The flat list as a tree. */
export function treeOf(departments: Department[], parent: string | null = null): TreeNode[] {
  return departments
    .filter((each) => each.parent === parent)
    .map((department) => ({ key: department.key, department, children: treeOf(departments, department.key) }))
}
