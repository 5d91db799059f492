import i18n from 'i18next'
import { en } from './lists.en'
import { zh } from './lists.zh'

// Both languages come with the tab that says them: the shell ships what every page needs.
i18n.addResourceBundle('zh-CN', 'lists', zh)
i18n.addResourceBundle('en', 'lists', en)
