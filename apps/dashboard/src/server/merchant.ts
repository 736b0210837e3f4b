import { notFound } from '@tillsight/shared/http/problem.ts'
import { merchantScope, type Intent, type MerchantScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'

/** The merchant that an address names, where the visitor may do that with it. Otherwise 404, whether there is one or not. */
export async function merchantIn(
  { locals, params }: { locals: App.Locals; params: { merchantNo: string } },
  intent: Intent = 'read',
): Promise<MerchantScope> {
  const { principal } = locals
  const scope =
    principal === undefined
      ? undefined
      : await merchantScope(providedStores().registry, principal, params.merchantNo, intent)
  if (scope === undefined) throw notFound()
  return scope
}
