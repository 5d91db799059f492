import i18n, { type BackendModule, type ResourceKey } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { zh as conditions } from '../conditions/zh'
import { zh as evidence } from '../evidence/zh'
import { zh as front } from '../pages/front/zh'
import type { Language } from '../shared/numbers'
import { zh as common } from './common.zh'

const KEY = 'potager.language'
export const LANGUAGES: readonly Language[] = ['zh-CN', 'en']

/** What every page may need ships with the shell, in Chinese. */
const SHELL = { common, conditions, evidence, front }

/** Where all other texts lie: a page's beside it, those of the shell in English. */
const FILES = import.meta.glob<Record<string, ResourceKey>>([
  '../pages/*/{zh,en}.ts',
  '../{conditions,evidence}/en.ts',
  './common.en.ts',
  '!../pages/front/zh.ts',
])

export function language(): Language {
  return i18n.language === 'en' ? 'en' : 'zh-CN'
}

/** Texts come page by page, in the language that is read. */
const byPage: BackendModule = {
  type: 'backend',
  callbackApi: true,
  init: () => undefined,
  read: (language, page, done) => {
    const file = language === 'en' ? 'en' : 'zh'
    const load = FILES[`../pages/${page}/${file}.ts`] ?? FILES[`../${page}/${file}.ts`] ?? FILES[`./${page}.${file}.ts`]
    if (load) load().then((texts) => done(null, texts[file]), (error: Error) => done(error, null))
    else done(new Error(`There are no texts of ${page}`), null)
  },
}

export async function speak(next: Language): Promise<void> {
  localStorage.setItem(KEY, next)
  document.documentElement.lang = next
  await i18n.changeLanguage(next)
}

/** Fetches the texts of a page beside its code, so that it stands at once. The first page is asked for before we began. */
export async function textsOf(page: string): Promise<void> {
  if (!i18n.isInitialized) await new Promise<void>((begun) => i18n.on('initialized', () => begun()))
  await i18n.loadNamespaces(page)
}

export async function startI18n(): Promise<void> {
  const spoken: Language = localStorage.getItem(KEY) === 'en' ? 'en' : 'zh-CN'
  document.documentElement.lang = spoken
  await i18n
    .use(byPage)
    .use(initReactI18next)
    .init({
      lng: spoken,
      fallbackLng: false,
      ns: Object.keys(SHELL),
      defaultNS: 'common',
      resources: { 'zh-CN': SHELL },
      partialBundledLanguages: true,
      load: 'currentOnly',
      interpolation: { escapeValue: false },
    })
}
