import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en as actsEn } from '../pages/audiences/acts.en'
import { zh as actsZh } from '../pages/audiences/acts.zh'
import { en as listsEn } from '../pages/audiences/lists.en'
import { zh as listsZh } from '../pages/audiences/lists.zh'
import { en as editorEn } from '../pages/journeys/editor/texts.en'
import { zh as editorZh } from '../pages/journeys/editor/texts.zh'
import { en as shellEn } from './en'
import { zh as shellZh } from './zh'

// With those that come with a part of a page.
const zh = { ...shellZh, audienceActs: actsZh, lists: listsZh, journeyEditor: editorZh }
const en = { ...shellEn, audienceActs: actsEn, lists: listsEn, journeyEditor: editorEn }

function keysOf(texts: object, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keysOf(value as object, `${prefix}${key}.`),
  )
}

function textAt(texts: object, key: string): string {
  return key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], texts) as string
}

function variablesOf(text: string): string[] {
  return (text.match(/\{\{\w+\}\}/g) ?? []).sort()
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? sources(path) : [path]
  })
}

describe('texts', () => {
  it('exist in both languages, with the same variables', () => {
    expect(keysOf(en)).toEqual(keysOf(zh))
    for (const key of keysOf(zh)) expect([key, variablesOf(textAt(en, key))]).toEqual([key, variablesOf(textAt(zh, key))])
  })

  it('are never empty', () => {
    for (const texts of [zh, en]) expect(keysOf(texts).filter((key) => textAt(texts, key).trim() === '')).toEqual([])
  })

  it('stand in the text files only', () => {
    const elsewhere = sources('src')
      .filter((path) => /\.tsx?$/.test(path) && !/(zh|\.test)\.tsx?$/.test(path) && !path.endsWith('schema.ts'))
      .filter((path) => /[\u4e00-\u9fff]/.test(readFileSync(path, 'utf-8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
    expect(elsewhere).toEqual(['src/i18n/common.en.ts'])
  })
})
