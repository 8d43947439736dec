import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // DynamoDB Local, on a machine shared with others, takes several times as long as the embedded engine.
    testTimeout: process.env.DYNAMODB_ENGINE === 'reference' ? 180_000 : 60_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
