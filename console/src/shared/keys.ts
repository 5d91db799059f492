/** A key for something new: definitions refer to each other by keys that never change, so it is made once. */
export function newKey(prefix: string): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
  return `${prefix}-${random.toString(36)}`
}
