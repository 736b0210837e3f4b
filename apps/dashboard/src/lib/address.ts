/** A page's address holds all that it shows: the days, whether they are compared, and filters. */

import type { AskedRange } from './frame.ts'

type Query = Iterable<[string, string]>
type Changes = Record<string, string | null>

interface Address {
  pathname: string
  searchParams: Query
}

/**
 * The path with the query of `url`, changed: null takes a parameter away. The action of a form, such as `/issue`, is in the
 * address of the page that answers it, and no part of what a page shows.
 */
export function changed({ pathname, searchParams }: Address, changes: Changes): string {
  const query = new URLSearchParams([...searchParams].filter(([name]) => !name.startsWith('/')))
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name)
    else query.set(name, value)
  }
  return withQuery(pathname, query)
}

/**
 * A page's address with the days that it shows. One without dates moves on with the clock; once something is chosen on the
 * page, its address is to show the same tomorrow.
 */
export function dated({
  url: { pathname, searchParams },
  data: { shown },
}: {
  url: Address
  data: { shown?: { asked: AskedRange } | null }
}): { pathname: string; searchParams: [string, string][] } {
  const days: [string, string][] =
    shown?.asked.problem === null
      ? [
          ['from', shown.asked.from],
          ['to', shown.asked.to],
        ]
      : []
  return { pathname, searchParams: [...new Map([...days, ...searchParams])] }
}

/** @param id of a page in a list of pages: its folder, '' for the first one. */
export const pathBelow = (home: string, id: string): string => (id === '' ? home : `${home}/${id}`)

const period = ['from', 'to', 'compare']
/** What goes along from page to page; filters do not. `back`: see `withWayBack`. */
const carried = [...period, 'back']

/** @param more what else is asked of that page. */
export function samePeriodAt(path: string, searchParams: Query, more: Record<string, string> = {}): string {
  const along = [...searchParams].filter(([name]) => carried.includes(name))
  return withQuery(path, new URLSearchParams([...along, ...Object.entries(more)]))
}

const daysOf = (query: Query): [string, string][] => [...query].filter(([name]) => period.includes(name))

/** To another page on the same days, which with all pages beside it knows the way back to this one as it is now. */
export function withWayBack(path: string, { pathname, searchParams }: Address): string {
  const here = changed({ pathname, searchParams }, { from: null, to: null, compare: null })
  return changed({ pathname: path, searchParams: daysOf(searchParams) }, { back: here })
}

/** That way: what was there, on the days of now. */
export function wayBack(address: string, searchParams: Query): string {
  const [pathname = '', query] = address.split('?')
  return withQuery(pathname, new URLSearchParams([...new URLSearchParams(query), ...daysOf(searchParams)]))
}

const withQuery = (path: string, query: URLSearchParams): string => (query.size === 0 ? path : `${path}?${query}`)
