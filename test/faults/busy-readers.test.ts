import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../support/process.ts'

test('an insert waits for no reader and for no rollup, however long they take', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tillsight-busy-readers-'))
  const store = await startProcess('test/support/busy-readers-process.ts', [join(directory, 'store')], {}, /^busy$/m)
  onTestFinished(async () => {
    await store.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  })
  await expect.poll(() => store.output()).toContain('inserted')
})
