/** The cashier's page as it is kept for when there is no line: its HTML, and every file that the HTML names. */

const cacheName = 'tap'
const page = '/tap'
/** A line that is there and carries nothing must not keep the cashier waiting. */
const patienceMs = 2_500

/** Files whose name holds their version: the same for ever. */
const isFile = (path: string): boolean => path.startsWith('/_app/immutable/')

const filesIn = (html: string): string[] => [
  ...new Set([...html.matchAll(/_app\/immutable\/[\w./-]+/g)].map(([path]) => `/${path}`)),
]

/** Keeps this page: its files first, so that it is never kept without them; then those of an earlier one go. */
export async function keepShell(response: Response): Promise<void> {
  const cache = await caches.open(cacheName)
  const files = filesIn(await response.clone().text())
  const known = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname))
  await cache.addAll(files.filter((file) => !known.has(file)))
  await cache.put(page, response)
  const old = [...known].filter((path) => isFile(path) && !files.includes(path))
  await Promise.all(old.map((path) => cache.delete(path)))
}

export const fetchShell = async (): Promise<Response> => {
  const response = await fetch(page, { headers: { accept: 'text/html' }, cache: 'reload' })
  if (!response.ok || response.redirected) throw new Error('the page could not be had')
  return response
}

/** What answers from here; undefined for everything else. `later` is what goes on behind the answer. */
export function answerTo(request: Request, later: (work: Promise<unknown>) => void): Promise<Response> | undefined {
  const { pathname, origin } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin) return undefined
  if (request.mode === 'navigate' && pathname === page) return freshShell(later)
  return isFile(pathname) ? keptFile(request, pathname) : undefined
}

/** The page as it is now where there is a line, else as it was kept. */
async function freshShell(later: (work: Promise<unknown>) => void): Promise<Response> {
  const fresh = fetchShell().then((response) => {
    later(keepShell(response.clone()).catch(() => {}))
    return response
  })
  later(fresh.catch(() => {}))
  const kept = await keptAt(page)
  if (kept === undefined) return fresh
  const patience = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), patienceMs))
  return Promise.race([fresh.catch(() => kept), patience])
}

async function keptFile(request: Request, path: string): Promise<Response> {
  return (await keptAt(path)) ?? fetch(request)
}

/** Answers vary by cookie; here there is one of each. */
const keptAt = async (path: string): Promise<Response | undefined> =>
  (await caches.open(cacheName)).match(path, { ignoreVary: true })
