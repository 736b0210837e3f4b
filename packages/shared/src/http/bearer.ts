import type { KeyRing, Principal } from '../registry/keys.ts'
import { Problem } from './problem.ts'

/** Who a request's `Authorization: Bearer <key>` belongs to. Throws the 401 where there is none. */
export const principalOf = (request: Request, keys: KeyRing): Promise<Principal> =>
  bearerOf(request.headers.get('authorization') ?? '', keys)

/** As `principalOf`, of the header's value alone. */
export async function bearerOf(authorization: string, keys: KeyRing): Promise<Principal> {
  const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
  const principal = key === undefined ? undefined : await keys.principalOf(key)
  if (principal === undefined) throw noKey()
  return principal
}

export const noKey = (): Problem =>
  new Problem(401, 'Send a valid key: Authorization: Bearer <key>.', {
    headers: { 'www-authenticate': 'Bearer realm="tillsight"' },
  })
