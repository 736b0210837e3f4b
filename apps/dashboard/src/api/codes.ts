import {
  codeSystems,
  isCodeValue,
  mappableReasons,
  type CodeSystem,
  type Reason,
} from '@tillsight/shared/events/reasons.ts'
import { changeCode } from '@tillsight/shared/registry/codes.ts'
import type { ApiContext, Routes } from './route.ts'
import { created, jsonOf, param, providerIn, unprocessable } from './request.ts'

function codeIn(c: ApiContext): { system: CodeSystem; value: string } {
  const system = codeSystems.find((known) => known === param(c, 'system'))
  if (system === undefined) throw unprocessable('/system', `system must be one of ${codeSystems.join(', ')}`)
  const value = param(c, 'value')
  if (!isCodeValue(value)) throw unprocessable('/value', 'value must be a text of 1 to 64 characters')
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
      const code = codeIn(c)
      const reason = reasonIn(await jsonOf(c))
      const before = await changeCode(c.var.stores.registry, provider, code, reason, c.var.principal)
      return c.json({ providerId: provider.providerId, ...code, reason }, created(before === null))
    },
    async DELETE(c) {
      const provider = await providerIn(c)
      await changeCode(c.var.stores.registry, provider, codeIn(c), null, c.var.principal)
      return c.body(null, 204)
    },
  },
}
