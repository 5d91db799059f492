import 'i18next'
import type { zh as audienceActs } from '../pages/audiences/acts.zh'
import type { zh as lists } from '../pages/audiences/lists.zh'
import type { zh as journeyEditor } from '../pages/journeys/editor/texts.zh'
import type { zh } from './zh'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: typeof zh & { audienceActs: typeof audienceActs; lists: typeof lists; journeyEditor: typeof journeyEditor }
  }
}
