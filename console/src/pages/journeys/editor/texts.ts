import i18n from 'i18next'
import { en } from './texts.en'
import { zh } from './texts.zh'

// Both languages come with the editor: whoever only reads journeys does not load them.
i18n.addResourceBundle('zh-CN', 'journeyEditor', zh)
i18n.addResourceBundle('en', 'journeyEditor', en)
