import { sayReason } from '../words'
import { EVERYBODY, plain, type Kind } from './kind'

export const exit: Kind = {
  ...plain,
  key: 'exit',
  subjects: EVERYBODY,
  next: false,
  blank: () => ({ exit: {} }),
  said: ({ exit: of, title = '' }, t) => ({ aside: '', title: title || sayReason(of?.reason ?? 'done', t) }),
}
