import '@tillsight/infra/thread-pool.ts'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** What asks for so much in so many seconds, or how much memory something takes: it wants the machine for itself. */
const alone = ['test/contract/rate-limits.test.ts', 'test/faults/{slow-client,stop,termination-under-load}.test.ts']

/** As many as there are cores: whatever waits beside them makes the others late. */
const sideBySide = 2

// Most of a process's start is reading the sources: what one has compiled, the next takes from here. Workers and what they
// start inherit it.
process.env['NODE_COMPILE_CACHE'] = join(import.meta.dirname, 'node_modules/.cache/tillsight-compiled')

const notOurs = ['**/node_modules/**', '**/build/**']

const project = (test: NonNullable<TestProjectInlineConfiguration['test']>): TestProjectInlineConfiguration => ({
  extends: true,
  test,
})

export default defineConfig({
  test: {
    // One engine and one data directory for each process.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for is waited for, also on a machine that has other things to do.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      project({
        name: 'side by side',
        include: ['{apps,packages,infra,test}/**/*.test.ts'],
        exclude: [...notOurs, ...alone],
        // They leave nothing behind. Loading everything anew for each, and compiling it, was a third of their time.
        isolate: false,
        maxWorkers: sideBySide,
        sequence: { groupOrder: 0 },
      }),
      project({ name: 'one by one', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } }),
    ],
  },
})
