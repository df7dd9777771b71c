import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['dot'],
    pool: 'threads',
    // A third of the processor time went into loading the same modules once per file; what tests share by it are caches.
    isolate: false,
    // One for each core, and one more: many tests wait for processes of their own. Vitest would leave a core to itself.
    maxWorkers: availableParallelism() + 1,
    sequence: { shuffle: { files: true, tests: false } },
    testTimeout: 60_000,
    // The CDK's own validator takes 1.5 s a synth; the synth of the app runs it.
    env: { CDK_VALIDATION: 'false' },
  },
});
