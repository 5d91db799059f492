/** A refusal or failure as the page shows it: what happened, where, and whether trying again can help. */
export class Problem extends Error {
  readonly code: string
  readonly place: string
  readonly status: number

  constructor(code: string, message: string, place = '', status = 0) {
    super(message)
    this.name = 'Problem'
    this.code = code
    this.place = place
    this.status = status
  }

  get isSignedOut(): boolean {
    return this.status === 401
  }

  get isForbidden(): boolean {
    return this.status === 403
  }

  get isMissing(): boolean {
    return this.status === 404
  }

  /** Whether the same request may succeed later without any change by the reader. */
  get mayRetry(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

interface FieldFault {
  loc: (string | number)[]
  msg: string
}

/** The server's answer as a Problem, whatever shape it came in. */
export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text()
  const body = parse(text)
  if (typeof body.message === 'string')
    return new Problem(textOf(body.code), body.message, textOf(body.place), response.status)
  if (Array.isArray(body.detail)) {
    const fault = body.detail[0] as FieldFault | undefined
    return new Problem('invalid', fault?.msg ?? '', fault?.loc.slice(2).join('.') ?? '', response.status)
  }
  const said = typeof body.detail === 'string' ? body.detail : ''
  return new Problem(`http.${response.status}`, said, '', response.status)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
