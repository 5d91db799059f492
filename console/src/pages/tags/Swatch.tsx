import type { components } from '../../api/schema'
import './swatch.css'

export type Colour = components['schemas']['TagGroupSpec']['colour']

export const COLOURS: readonly NonNullable<Colour>[] = ['', 'green', 'cyan', 'blue', 'purple', 'amber', 'red', 'grey']

/** The colour of a tag or of its group: it never says anything that is not also said in words. */
export function Swatch({ colour }: { colour: string | undefined }) {
  return colour ? <span className={`swatch ${colour}`} aria-hidden /> : null
}
