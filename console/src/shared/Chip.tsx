import { Tooltip } from 'antd'
import type { ReactNode } from 'react'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'

/** A small label. With a `reason` it can be hovered and focused to say why. */
export function Chip({ tone = 'plain', reason, children }: { tone?: Tone; reason?: ReactNode; children: ReactNode }) {
  const chip = (
    <span className={`chip ${tone}`} tabIndex={reason === undefined ? undefined : 0}>
      {children}
    </span>
  )
  return reason === undefined ? chip : <Tooltip title={reason}>{chip}</Tooltip>
}
