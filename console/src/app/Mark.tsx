/** The brand mark: a square bed with four plots. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden="true">
      <rect width="9.5" height="9.5" rx="2" fill="#2F7D4F" />
      <rect x="12.5" width="9.5" height="9.5" rx="2" fill="#7FB08F" />
      <rect y="12.5" width="9.5" height="9.5" rx="2" fill="#7FB08F" />
      <rect x="12.5" y="12.5" width="9.5" height="9.5" rx="2" fill="#C98A2B" />
    </svg>
  )
}
