/** A page's address holds all that it shows: the days, whether they are compared, and filters. */

type Query = Iterable<[string, string]>
type Changes = Record<string, string | null>

/**
 * The path with the query of `url`, changed: null takes a parameter away. The action of a form, such as `/issue`, is in the
 * address of the page that answers it, and no part of what a page shows.
 */
export function changed(
  { pathname, searchParams }: { pathname: string; searchParams: Query },
  changes: Changes,
): string {
  const query = new URLSearchParams([...searchParams].filter(([name]) => !name.startsWith('/')))
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name)
    else query.set(name, value)
  }
  return withQuery(pathname, query)
}

/** @param id of a page in a list of pages: its folder, '' for the first one. */
export const pathBelow = (home: string, id: string): string => (id === '' ? home : `${home}/${id}`)

/** What goes along from page to page; filters do not. */
const carried = ['from', 'to', 'compare']

export function samePeriodAt(path: string, searchParams: Query): string {
  return withQuery(path, new URLSearchParams([...searchParams].filter(([name]) => carried.includes(name))))
}

const withQuery = (path: string, query: URLSearchParams): string => (query.size === 0 ? path : `${path}?${query}`)
