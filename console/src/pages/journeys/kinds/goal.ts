import { plain, type Kind } from './kind'

export const goal: Kind = {
  ...plain,
  key: 'goal',
  blank: () => ({ goal: {} }),
  said: ({ title = '' }, t) => ({ aside: '', title: title || t('goalCounts') }),
}
