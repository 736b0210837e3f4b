/** Calls to a Tillsight's API, for programs that stand outside of it. */

export type Call = <T>(method: string, path: string, body?: unknown, contentType?: string) => Promise<T>

/** An answer that is no success. */
export class Unsuccessful extends Error {
  override readonly name = 'Unsuccessful'
  readonly status: number

  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${detailOf(text)}`)
    this.status = status
  }
}

/**
 * @param url where Tillsight is.
 * @returns what calls it: a text is sent as it is, all else as JSON; gives the JSON of the answer, and throws Unsuccessful.
 */
export function callsTo(url: string, key: string): Call {
  const base = url.replace(/\/+$/, '')
  return async <T>(method: string, path: string, body?: unknown, contentType = 'application/json') => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': contentType },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Unsuccessful(`${method} ${path}`, response.status, text)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

function detailOf(text: string): string {
  try {
    return (JSON.parse(text) as { detail: string }).detail
  } catch {
    return text.slice(0, 200)
  }
}
