import { useId, type ReactNode } from 'react'

/** One message: a title that says it, the line that says where it comes from, and the thing itself. */
export function Card({
  title,
  why,
  acts,
  children,
  className = '',
}: {
  title?: ReactNode
  why?: ReactNode
  acts?: ReactNode
  children?: ReactNode
  className?: string
}) {
  const id = useId()
  return (
    <section className={`card ${className}`} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className="card-head">
          <h2 id={id}>{title}</h2>
          {acts !== undefined && <div className="card-acts">{acts}</div>}
        </div>
      )}
      {why !== undefined && <div className="card-why">{why}</div>}
      {children !== undefined && <div className={title === undefined ? undefined : 'card-body'}>{children}</div>}
    </section>
  )
}
