import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** What asks for so much in so many seconds, or how much memory something takes: it wants the machine for itself. */
const alone = [
  'test/contract/rate-limits.test.ts',
  'test/e2e/{overview-page,one-tap,one-tap-look}.test.ts',
  'test/faults/{slow-client,start-and-stop,termination-under-load}.test.ts',
]

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
        // Each waits for engines and databases that start, about half of its time.
        maxWorkers: 2,
        sequence: { groupOrder: 0 },
      }),
      project({ name: 'one by one', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } }),
    ],
  },
})
