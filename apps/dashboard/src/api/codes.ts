import { codeSystems, mappableReasons, type CodeSystem, type Reason } from '@tillsight/shared/events/reasons.ts'
import { mapCode, unmapCode } from '@tillsight/shared/registry/codes.ts'
import type { ApiContext, Routes } from './route.ts'
import { created, jsonOf, param, providerIn, unprocessable } from './request.ts'

function codeIn(c: ApiContext): { system: CodeSystem; value: string } {
  const system = codeSystems.find((known) => known === param(c, 'system'))
  if (system === undefined) throw unprocessable('/system', `system must be one of ${codeSystems.join(', ')}`)
  const value = param(c, 'value')
  if (!/^[^\uD800-\uDFFF]{1,64}$/u.test(value) || value.includes('\0')) {
    throw unprocessable('/value', 'value must be a text of 1 to 64 characters')
  }
  return { system, value }
}

function reasonIn(body: unknown): Reason {
  const asked: unknown = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : undefined
  const reason = mappableReasons.find((known) => known === asked)
  if (reason === undefined) throw unprocessable('/reason', `reason must be one of ${mappableReasons.join(', ')}`)
  return reason
}

export const codeRoutes: Routes = {
  '/providers/:providerId/codes/:system/:value': {
    async PUT(c) {
      const provider = await providerIn(c)
      const { system, value } = codeIn(c)
      const reason = reasonIn(await jsonOf(c))
      const isNew = await mapCode(c.var.stores.registry, provider, system, value, reason)
      return c.json({ providerId: provider.providerId, system, value, reason }, created(isNew))
    },
    async DELETE(c) {
      const provider = await providerIn(c)
      const { system, value } = codeIn(c)
      await unmapCode(c.var.stores.registry, provider, system, value)
      return c.body(null, 204)
    },
  },
}
