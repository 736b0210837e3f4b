import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

/** Engines, databases and browsers of their own, killed and restarted: each wants the whole machine. */
const alone = 'test/{bench,e2e,faults,terminal,topologies,truth}/**/*.test.ts'

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
    exclude: ['**/node_modules/**', '**/build/**'],
    projects: [
      project({
        name: 'side by side',
        include: ['{apps,packages,infra,test}/**/*.test.ts'],
        exclude: ['**/node_modules/**', '**/build/**', alone],
        maxWorkers: 2,
        sequence: { groupOrder: 0 },
      }),
      project({ name: 'one by one', include: [alone], maxWorkers: 1, fileParallelism: false, sequence: { groupOrder: 1 } }),
    ],
  },
})
