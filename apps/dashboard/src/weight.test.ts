/** What the built pages weigh, without a browser: `npm run bench:page` and `bench:fleet` measure the same in one. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
type Manifest = Record<string, { file: string; isEntry?: boolean; imports?: string[] }>
const manifest = JSON.parse(
  readFileSync(join(root, '.svelte-kit/output/client/.vite/manifest.json'), 'utf8'),
) as Manifest
const fileOf = (name: string): string => join(root, 'build/client', manifest[name]?.file ?? '')

const entries = Object.keys(manifest).filter((name) => manifest[name]?.isEntry === true)
const start = entries.filter((name) => !name.includes('/nodes/'))
const nodeOf = (number: number): string => entries.find((name) => name.endsWith(`/nodes/${number}.js`)) ?? ''

/** As the app looks them up: `"/m/[merchantNo]":[5,[2]]` is the page 5 in the layout 2, `-10` stands for 9. */
const looked = readFileSync(fileOf(entries.find((name) => name.endsWith('/app.js')) ?? ''), 'utf8')
const routes = [...looked.matchAll(/"(\/[^"]*)":\[(-?\d+)(?:,\[([\d,]*)\])?\]/g)].map(
  ([, path = '', page, layouts]) => ({
    path,
    nodes: [
      0,
      Number(page) < 0 ? ~Number(page) : Number(page),
      ...(layouts ?? '').split(',').filter(Boolean).map(Number),
    ],
  }),
)

/** With all that has to be there before it runs. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  if (!found.has(name)) {
    found.add(name)
    for (const imported of manifest[name]?.imports ?? []) withImports(imported, found)
  }
  return found
}

/** As a browser takes them: Brotli, where it is made smaller. */
function bytesOf(names: Iterable<string>): number {
  const files = [...names].map(fileOf)
  return files.reduce((sum, file) => sum + statSync(existsSync(`${file}.br`) ? `${file}.br` : file).size, 0)
}

test('all pages are found', () => {
  expect(routes.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/', '/m/[merchantNo]', '/p/[providerId]/fleet']),
  )
  expect(routes.length).toBeGreaterThan(14)
})

test.each(routes)('$path has at most 80 KB of script before anybody touches it', ({ nodes }) => {
  const names = new Set([...start, ...nodes.map(nodeOf)].flatMap((name) => [...withImports(name)]))
  expect(bytesOf(names)).toBeGreaterThan(20_000)
  expect(bytesOf(names)).toBeLessThan(80_000)
})
