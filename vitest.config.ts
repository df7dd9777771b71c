import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['dot'],
    pool: 'threads',
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 20_000,
  },
});
