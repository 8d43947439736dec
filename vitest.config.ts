import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // DynamoDB Local, on a machine shared with others, takes several times as long as the embedded engine.
    testTimeout: process.env.DYNAMODB_ENGINE === 'reference' ? 180_000 : 60_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        // Synthesis takes longer than all these tests: once in one process serves every file.
        test: {
          name: 'infra',
          include: ['test/infra/**/*.test.ts'],
          isolate: false,
          fileParallelism: false,
          // One worker here, two there: vitest asks that the two come after each other.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'all else',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/infra/**'],
        },
      },
    ],
  },
});
