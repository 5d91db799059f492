/** The one source of colour. Everything else — antd's theme, CSS variables, charts — is derived from here. */

export interface Palette {
  paper: string
  card: string
  ink: string
  mute: string
  faint: string
  line: string
  hair: string
  green: string
  greenFill: string
  greenSoft: string
  greenMid: string
  ochre: string
  ochreText: string
  ochreSoft: string
  brick: string
  brickSoft: string
  blue: string
  blueSoft: string
  sand: string
  teal: string
  violet: string
}

export const light: Palette = {
  paper: '#FBFAF7',
  card: '#FFFFFF',
  ink: '#1F2421',
  mute: '#626A65',
  faint: '#9AA19C',
  line: '#E7E4DB',
  hair: '#F1EEE6',
  green: '#2F7D4F',
  greenFill: '#2F7D4F',
  greenSoft: '#E7F1EA',
  greenMid: '#7FB08F',
  ochre: '#C98A2B',
  ochreText: '#8A5A10',
  ochreSoft: '#FBF2E1',
  brick: '#B5473A',
  brickSoft: '#FAEBE8',
  blue: '#3E6C9A',
  blueSoft: '#E8EFF6',
  sand: '#F1EFE8',
  teal: '#2F8585',
  violet: '#7A5A9E',
}

export const dark: Palette = {
  paper: '#161917',
  card: '#1E2220',
  ink: '#E7E9E5',
  mute: '#A3ACA6',
  faint: '#6F7872',
  line: '#343B37',
  hair: '#2A302C',
  green: '#6DBB8C',
  greenFill: '#2F7D4F',
  greenSoft: '#1F3429',
  greenMid: '#4C8A65',
  ochre: '#D9A24E',
  ochreText: '#E0B56C',
  ochreSoft: '#3A2F1B',
  brick: '#E58A7D',
  brickSoft: '#402723',
  blue: '#86ADD4',
  blueSoft: '#22303D',
  sand: '#2B302D',
  teal: '#6CB8B8',
  violet: '#B09AD0',
}

export type Mode = 'light' | 'dark'

export const palettes: Record<Mode, Palette> = { light, dark }

/** Writes the palette as CSS variables (`--green-soft` for greenSoft) so that plain CSS follows the mode. */
export function paint(mode: Mode): void {
  const root = document.documentElement
  root.dataset.mode = mode
  root.style.colorScheme = mode
  for (const [name, value] of Object.entries(palettes[mode]))
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value as string)
}
