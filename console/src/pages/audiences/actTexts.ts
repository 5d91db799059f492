import i18n from 'i18next'
import { en } from './acts.en'
import { zh } from './acts.zh'

// Both languages come with the forms that say them: the shell ships what every page needs.
i18n.addResourceBundle('zh-CN', 'audienceActs', zh)
i18n.addResourceBundle('en', 'audienceActs', en)
