/** Builds the dashboard where its sources have changed since the last build, so that `npm start` needs no step before it. */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const stamp = join(root, 'apps/dashboard/build/.sources')
const sources = ['package-lock.json', 'apps/dashboard/**/*', 'packages/{shared,terminal}/src/**/*']
const made = /\/(?:build|node_modules|\.svelte-kit|paraglide)(?:\/|$)|\/src\/api\//

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of globSync(sources, { cwd: root, exclude: (name) => made.test(`/${name}`) }).sort()) {
    const path = join(root, file)
    if (statSync(path).isFile() && !made.test(`/${file}`)) hash.update(file).update(readFileSync(path))
  }
  return hash.digest('hex')
}

const current = fingerprint()
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== current) {
  console.log('Building the dashboard …')
  const { status } = spawnSync('npm', ['run', '--silent', 'build', '-w', '@tillsight/dashboard'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(stamp, current)
}
