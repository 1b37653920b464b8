import { defineConfig } from 'vitest/config'

// Vitest also starts Node with these: 'import' here would make CommonJS packages require ES modules.
const source = { conditions: ['@sluice/source', 'node'] }

export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts', 'benchmarks/**/*.test.ts'],
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          sequence: { groupOrder: 1 },
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/bundle-gateway.ts'],
          testTimeout: 120_000,
          // Most of their time is waiting for processes; a worker more would make short times a matter of luck.
          maxWorkers: 2,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
