import { notFound } from '@tillsight/shared/http/problem.ts'
import { providerScope, type ProviderScope } from '@tillsight/shared/registry/scope.ts'
import { providedStores } from '@tillsight/shared/stores.ts'

/** The provider that an address names, where the visitor may read it. Otherwise 404, whether there is one or not. */
export async function providerIn({
  locals,
  params,
}: {
  locals: App.Locals
  params: { providerId: string }
}): Promise<ProviderScope> {
  const { principal } = locals
  const scope =
    principal === undefined ? undefined : await providerScope(providedStores().registry, principal, params.providerId)
  if (scope === undefined) throw notFound()
  return scope
}
