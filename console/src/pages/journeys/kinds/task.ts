import { saySpan } from '../words'
import { EVERYBODY, type Kind } from './kind'

const OUTCOMES = ['done', 'not_done', 'rejected'] as const

export const task: Kind = {
  key: 'task',
  subjects: EVERYBODY,
  next: true,
  nameless: true,
  blank: () => ({ task: { title: '' } }),
  ways: ({ task: of }) =>
    OUTCOMES.flatMap((outcome) => {
      const to = of?.[outcome]
      return to ? [{ to, label: outcome }] : []
    }),
  lead: (step, nth, to) => {
    const outcome = OUTCOMES.filter((each) => step.task?.[each] != null)[nth]
    return step.task && outcome ? { ...step, task: { ...step.task, [outcome]: to } } : step
  },
  said: ({ task: of, title = '' }, t) => ({
    aside: of?.within ? t('within', { span: saySpan(of.within, t) }) : '',
    title: of?.title ?? title,
  }),
}
