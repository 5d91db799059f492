import { useEffect, useState, type RefObject } from 'react'

/** True from the moment the element first comes into view: the code that draws charts is as heavy as a page. */
export function useSeen(box: RefObject<HTMLElement | null>): boolean {
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    if (isSeen || !box.current) return
    const watch = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && setSeen(true))
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [box, isSeen])
  return isSeen
}
