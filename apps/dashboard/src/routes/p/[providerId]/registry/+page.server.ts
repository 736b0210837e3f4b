import { error, fail, redirect } from '@sveltejs/kit'
import { Problem } from '@tillsight/shared/http/problem.ts'
import { findKeys } from '@tillsight/shared/registry/find-keys.ts'
import { keysBelow, mayIssue } from '@tillsight/shared/registry/key-rights.ts'
import { issueKey, revokeKey, type KeyHolder, type Principal } from '@tillsight/shared/registry/keys.ts'
import { defaultTimeZone, getMerchant } from '@tillsight/shared/registry/merchants.ts'
import { actingFor } from '@tillsight/shared/registry/scope.ts'
import { findMerchants, findTerminals } from '@tillsight/shared/registry/search.ts'
import { providedStores } from '@tillsight/shared/stores.ts'
import { changed } from '#lib/address.ts'
import { beginImport, importOf, previewImport } from '#server/imports.ts'
import { turns } from '#server/in-turn.ts'
import { providerIn } from '#server/provider.ts'
import type { Actions, PageServerLoad } from './$types'
import { listed } from './refused-rows.ts'
import { uploadedIn } from './uploaded.ts'

const rowsAPage = 10
/** Of refused rows; its files have all. */
const refusedAPage = 200

interface Asked {
  locals: App.Locals
  params: { providerId: string }
}

/** Whose registry and keys these are, and the rights to change them: the provider's, whoever looks. */
async function asked(event: Asked) {
  try {
    const provider = await providerIn(event)
    const principal = actingFor(event.locals.principal as Principal, provider)
    const below = keysBelow(principal)
    if (below === undefined) error(404)
    return { provider, principal, below, registry: providedStores().registry }
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) error(404)
    throw problem
  }
}

const textIn = (fields: FormData | URLSearchParams, name: string): string => {
  const value = fields.get(name)
  return typeof value === 'string' ? value.trim().slice(0, 100) : ''
}

export const load: PageServerLoad = async (event) => {
  const { provider, below, registry } = await asked(event)
  const query = event.url.searchParams
  const pageIn = (name: string): number => {
    const page = Number(query.get(name) ?? '1')
    return Number.isInteger(page) && page > 0 && page < 1e6 ? page : 1
  }
  const [page, keyPage] = [pageIn('page'), pageIn('keys')]
  const searchAt = (text: string, at: number) => ({ text, offset: (at - 1) * rowsAPage, limit: rowsAPage })
  const [text, keyText] = [textIn(query, 'q'), textIn(query, 'key')]
  const found = async () =>
    query.get('kind') === 'merchants'
      ? { kind: 'merchants' as const, ...(await findMerchants(registry, provider, searchAt(text, page))) }
      : { kind: 'terminals' as const, ...(await findTerminals(registry, provider, searchAt(text, page))) }
  const begun = query.get('import')
  const [rows, keys, imported] = await Promise.all([
    found(),
    findKeys(registry, below, searchAt(keyText, keyPage)),
    begun === null ? undefined : importOf(provider, begun),
  ])
  const pages = (total: number): number => Math.max(1, Math.ceil(total / rowsAPage))
  return {
    text,
    found: { ...rows, page, pages: pages(rows.total) },
    keyText,
    keys: { ...keys, page: keyPage, pages: pages(keys.total) },
    revoking: query.get('revoke'),
    holder: { merchantNo: textIn(query, 'merchantNo'), terminalNo: textIn(query, 'terminalNo') },
    imported: imported && {
      ...imported,
      kept: imported.refused.length,
      refused: imported.refused.slice(0, refusedAPage).map(listed),
    },
    timeZone: defaultTimeZone,
  }
}

/** Undefined where it is larger than any may be, see mount.ts. */
async function formIn(request: Request): Promise<FormData | undefined> {
  try {
    return await request.formData()
  } catch (problem) {
    if (problem instanceof Error && 'status' in problem && problem.status === 413) return undefined
    throw problem
  }
}

/** A file of 24 MB takes half a gigabyte while it is read: eight at once took 3.8, and kept everybody waiting. */
const inTurn = turns()

/** What the registry can keep. */
const named = ({ name }: File): string => name.replace(/\p{Cc}/gu, '').slice(0, 200)

const backToImport = (url: URL, id: string): never => redirect(303, `${changed(url, { import: id })}#import`)

export const actions: Actions = {
  preview: async (event) => {
    const { provider, principal } = await asked(event)
    const form = await formIn(event.request)
    if (form === undefined) return fail(413, { problem: 'tooLarge' as const })
    const file = form.get('file')
    // What a browser sends where no file was chosen.
    if (!(file instanceof File) || file.name === '') return fail(400, { problem: 'noFile' as const })
    return inTurn(async () => {
      const uploaded = await uploadedIn(await file.arrayBuffer(), provider)
      if ('problem' in uploaded) return fail(400, uploaded)
      const id = await previewImport(provider, principal, named(file), uploaded)
      if (id === undefined) return fail(409, { problem: 'busy' as const })
      return backToImport(event.url, id)
    })
  },

  import: async (event) => {
    const { provider, principal } = await asked(event)
    const id = textIn(await event.request.formData(), 'import')
    if (!(await beginImport(provider, principal, id))) return fail(404, { problem: 'forgotten' as const })
    return backToImport(event.url, id)
  },

  /** The key is in this answer and nowhere else. */
  issue: async (event) => {
    const { principal, registry } = await asked(event)
    const fields = await event.request.formData()
    const [merchantNo, terminalNo] = [textIn(fields, 'merchantNo'), textIn(fields, 'terminalNo')]
    const holder: KeyHolder =
      terminalNo === '' ? { role: 'merchant', merchantNo } : { role: 'terminal', merchantNo, terminalNo }
    if (!(await mayIssue(registry, principal, holder))) {
      return fail(404, { problem: 'noHolder' as const, merchantNo, terminalNo })
    }
    const { name = null } = (await getMerchant(registry, merchantNo)) ?? {}
    return { issued: { ...(await issueKey(registry, holder)), name, merchantNo, terminalNo } }
  },

  revoke: async (event) => {
    const { below, registry } = await asked(event)
    const id = textIn(await event.request.formData(), 'id')
    if (!(await revokeKey(registry, below, id))) return fail(404, { problem: 'noKey' as const })
    return { revoked: id.slice(0, 8) }
  },
}
