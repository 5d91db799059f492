import type { ReactNode } from 'react'

/** A page's head: the verdict as a sentence, where it comes from, and the next act. */
export function Sentence({ title, sub, acts }: { title: ReactNode; sub?: ReactNode; acts?: ReactNode }) {
  return (
    <header className="sentence">
      <div>
        <h1>{title}</h1>
        {sub !== undefined && <div className="sub">{sub}</div>}
      </div>
      {acts !== undefined && <div className="sentence-acts">{acts}</div>}
    </header>
  )
}
