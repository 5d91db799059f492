import i18n from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language } from '../shared/numbers'
import { zh } from './zh'

const KEY = 'potager.language'
export const LANGUAGES: readonly Language[] = ['zh-CN', 'en']

export function language(): Language {
  return i18n.language === 'en' ? 'en' : 'zh-CN'
}

/** English texts are fetched when first asked for; Chinese ones ship with the shell. */
async function load(next: Language): Promise<void> {
  if (next !== 'en' || i18n.hasResourceBundle('en', 'common')) return
  const { en } = await import('./en')
  for (const [page, texts] of Object.entries(en)) i18n.addResourceBundle('en', page, texts)
}

export async function speak(next: Language): Promise<void> {
  await load(next)
  localStorage.setItem(KEY, next)
  document.documentElement.lang = next
  await i18n.changeLanguage(next)
}

export async function startI18n(): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: 'zh-CN',
    fallbackLng: 'zh-CN',
    resources: { 'zh-CN': zh },
    defaultNS: 'common',
    interpolation: { escapeValue: false },
  })
  if (localStorage.getItem(KEY) === 'en') await speak('en')
}
