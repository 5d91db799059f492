/** The clipboard needs a secure page; over plain HTTP on a phone the old way still works. */
export async function copy(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      return false
    }
  }
  const box = document.createElement('textarea')
  box.value = text
  document.body.append(box)
  box.select()
  const ok = document.execCommand('copy')
  box.remove()
  return ok
}
