import { lazy, Suspense, type ComponentType, type ReactNode } from 'react'

/**
 * A part whose code comes when it is first drawn: dialogs, drawers and the tabs nobody opened yet stay out of a page's
 * first load. `meanwhile` stands in its place until then.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>, meanwhile: ReactNode = null) {
  const Part = lazy(async () => ({ default: await load() }))
  return function Later(props: Props) {
    return (
      <Suspense fallback={meanwhile}>
        <Part {...props} />
      </Suspense>
    )
  }
}
