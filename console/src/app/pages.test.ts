import { describe, expect, it } from 'vitest'
import { homeOf, mayOpen, PAGES, type PageName } from './pages'

const open = (role: Parameters<typeof homeOf>[0]) => PAGES.filter((page) => mayOpen(page, role)).map(({ name }) => name)
const all = PAGES.map(({ name }) => name)
const without = (...names: PageName[]) => all.filter((name) => !names.includes(name))

describe('who may open which page', () => {
  it('is everything for owners and managers', () => {
    expect(open('owner')).toEqual(all)
    expect(open('manager')).toEqual(all)
  })
  it('is no import for readers', () => expect(open('read_only')).toEqual(without('imports')))
  it('is nothing about all customers for staff', () => expect(open('staff')).toEqual(without('overview', 'reports', 'value', 'affinity', 'outbox', 'imports')))
  it('begins with the overview, and with the tasks for staff', () => {
    expect(homeOf('manager')).toBe('overview')
    expect(homeOf('staff')).toBe('tasks')
  })
})
