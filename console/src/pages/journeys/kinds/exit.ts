import { sayReason } from '../words'
import { plain, type Kind } from './kind'

export const exit: Kind = {
  ...plain,
  key: 'exit',
  next: false,
  blank: () => ({ exit: {} }),
  said: ({ exit: of, title = '' }, t) => ({ aside: '', title: title || sayReason(of?.reason ?? 'done', t) }),
}
