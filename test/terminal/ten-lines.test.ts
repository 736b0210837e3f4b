/** The README's ten lines, run as they are. */

import { openOutbox } from '@tillsight/terminal'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { keyFor, openHouse, register } from '../support/house.ts'

const root = join(import.meta.dirname, '../..')
const merchantNo = '898584058120001'

async function snippet(): Promise<string> {
  const readme = await readFile(join(root, 'packages/terminal/README.md'), 'utf8')
  return /```js\n([^]*?)```/.exec(readme)?.[1] ?? ''
}

test('the ten lines of the README report a lost sale', async () => {
  const lines = await snippet()
  expect(lines.split('\n').filter((line) => line.trim() !== '')).toHaveLength(10)
  const dir = await mkdtemp(join(tmpdir(), 'tillsight-ten-lines-'))
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
  const house = await openHouse()
  try {
    await register(house, { providerId: 'p1', merchantNo, terminals: ['10000001'] })
    const key = await keyFor(house, { role: 'terminal', merchantNo, terminalNo: '10000001' })
    const env = { TILLSIGHT_URL: house.url, TILLSIGHT_KEY: key, CUSTOMER_SECRET: 'a secret of the tests, long enough' }
    const child = spawn(process.execPath, ['--input-type=module', '-e', lines], { cwd: dir, env })
    const [said, warned, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    expect({ said, warned, code }).toEqual({ said: '', warned: '', code: 0 })

    // The next start sends what the till had no time for.
    const outbox = openOutbox({ url: house.url, key, file: join(dir, 'tillsight.queue') })
    await outbox.flush({ timeoutMs: 20_000 })
    expect(outbox.status()).toEqual({ queued: 0, dropped: 0, refused: 0, problems: [] })
    await outbox.close()
    const { terminals } = await house.json<{ terminals: { huabei: string; missing: number }[] }>(
      'GET',
      `/api/v1/merchants/${merchantNo}/terminals`,
    )
    expect(terminals).toMatchObject([{ huabei: 'not_capable', missing: 0 }])
  } finally {
    await house.stop()
    await rm(dir, { recursive: true, force: true })
  }
})
