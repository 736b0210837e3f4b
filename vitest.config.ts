import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{apps,packages,infra,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/build/**'],
    // One engine and one data directory for each process.
    pool: 'forks',
    // Engines, databases and browsers want the whole machine; side by side they would only wait for each other.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
