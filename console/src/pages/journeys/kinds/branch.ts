import { led, type Kind } from './kind'

export const branch: Kind = {
  key: 'branch',
  next: true,
  blank: (to) => ({ branch: [{ if: { all: [] }, go: to }] }),
  ways: ({ branch: paths = [] }) => paths.map((path, nth) => ({ to: path.go, label: path.name ?? `#${nth + 1}` })),
  lead: (step, nth, to) => ({ ...step, branch: led(step.branch, nth, to) }),
  said: ({ branch: paths = [], title = '' }, t) => ({ aside: '', title: title || t('ways', { n: paths.length + 1 }) }),
}
