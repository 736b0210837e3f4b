import { notFound } from '@tillsight/shared/http/problem.ts'
import { issueKey, listKeys, revokeKey, type KeyHolder, type Principal } from '@tillsight/shared/registry/keys.ts'
import { mayActFor, merchantScope, providerScope } from '@tillsight/shared/registry/scope.ts'
import { getTerminal } from '@tillsight/shared/registry/terminals.ts'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { ApiContext, Routes } from './route.ts'
import { jsonOf, param, unprocessable } from './request.ts'

const text = Type.String({ minLength: 1 })
const checks = {
  provider: Compile(Type.Object({ role: Type.Literal('provider'), providerId: text })),
  merchant: Compile(Type.Object({ role: Type.Literal('merchant'), merchantNo: text })),
  terminal: Compile(Type.Object({ role: Type.Literal('terminal'), merchantNo: text, terminalNo: text })),
}

function holderOf(body: unknown): KeyHolder {
  if (checks.provider.Check(body)) return { role: 'provider', providerId: body.providerId }
  if (checks.merchant.Check(body)) return { role: 'merchant', merchantNo: body.merchantNo }
  if (checks.terminal.Check(body)) return { role: 'terminal', merchantNo: body.merchantNo, terminalNo: body.terminalNo }
  throw unprocessable(
    '',
    'A key is for {"role":"provider","providerId"}, {"role":"merchant","merchantNo"} or {"role":"terminal","merchantNo","terminalNo"}.',
  )
}

/** Whether the asker may issue a key for that holder, and there is such a holder. */
async function mayIssue(c: ApiContext, holder: KeyHolder): Promise<boolean> {
  const { principal, stores } = c.var
  if (holder.role === 'provider') {
    return (
      principal.role === 'operator' &&
      (await providerScope(stores.registry, principal, holder.providerId)) !== undefined
    )
  }
  const merchant = await merchantScope(stores.registry, principal, holder.merchantNo, 'write')
  if (merchant === undefined) return false
  return holder.role === 'merchant' || (await getTerminal(stores.registry, merchant, holder.terminalNo)) !== undefined
}

/** Whose keys the asker may list and revoke. */
function keysBelow(principal: Principal): { providerId: string } | 'all' {
  if (principal.role === 'operator') return 'all'
  if (principal.role === 'provider' && mayActFor(principal, principal.providerId))
    return { providerId: principal.providerId }
  throw notFound()
}

export const keyRoutes: Routes = {
  '/keys': {
    async POST(c) {
      // Who may not issue keys learns nothing of what a valid body would be.
      keysBelow(c.var.principal)
      const holder = holderOf(await jsonOf(c))
      if (!(await mayIssue(c, holder))) throw notFound()
      return c.json(await issueKey(c.var.stores.registry, holder), 201)
    },
    async GET(c) {
      return c.json({ keys: await listKeys(c.var.stores.registry, keysBelow(c.var.principal)) })
    },
  },
  '/keys/:id': {
    async DELETE(c) {
      const revoked = await revokeKey(c.var.stores.registry, keysBelow(c.var.principal), param(c, 'id'))
      if (!revoked) throw notFound()
      return c.body(null, 204)
    },
  },
}
