import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['dot'],
    pool: 'threads',
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 60_000,
    // The CDK's own validator takes 1.5 s a synth; the synth of the app runs it.
    env: { CDK_VALIDATION: 'false' },
  },
});
