import { notFound } from '@tillsight/shared/http/problem.ts'
import { keysBelow, mayIssue } from '@tillsight/shared/registry/key-rights.ts'
import { issueKey, listKeys, revokeKey, type KeyHolder, type KeysBelow } from '@tillsight/shared/registry/keys.ts'
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

/** Whose keys the asker may list and revoke. */
function below(c: ApiContext): KeysBelow {
  const holder = keysBelow(c.var.principal)
  if (holder === undefined) throw notFound()
  return holder
}

export const keyRoutes: Routes = {
  '/keys': {
    async POST(c) {
      // Who may not issue keys learns nothing of what a valid body would be.
      below(c)
      const holder = holderOf(await jsonOf(c))
      if (!(await mayIssue(c.var.stores.registry, c.var.principal, holder))) throw notFound()
      return c.json(await issueKey(c.var.stores.registry, holder), 201)
    },
    async GET(c) {
      return c.json({ keys: await listKeys(c.var.stores.registry, below(c)) })
    },
  },
  '/keys/:id': {
    async DELETE(c) {
      const revoked = await revokeKey(c.var.stores.registry, below(c), param(c, 'id'))
      if (!revoked) throw notFound()
      return c.body(null, 204)
    },
  },
}
