/**
 * The compiler for a synchronous caller: `bin/describe.js` in a process of its own, its JSON on stdout. A construct's
 * constructor cannot await; blocking on a worker thread would need the same detour with more machinery. What the child
 * says on stderr is already made for people (diagnostics, a Failure with its remedy), so it is passed on as it is.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { DescribedIntegration } from './described-integration.ts';
import { packageRoot } from '../embedded/package-root.ts';

/** Plans and machines of a large integration are a few megabytes. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export function describeInChild(description: string, environment: string): DescribedIntegration {
  const launcher = join(packageRoot(), 'bin', 'describe.js');
  const child = spawnSync(process.execPath, [launcher, description, environment], {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    // A debugger or a loader of the app is none of the compiler's.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (child.error)
    throw new Failure('compiler-not-started', `The compiler could not be started: ${child.error.message}`);
  // Written by bin/describe.ts in this very shape.
  if (child.status === 0) return JSON.parse(child.stdout) as DescribedIntegration;
  throw withoutStack(new Failure('description-refused', child.stderr.trim(), { kind: 'document' }));
}

/** Node prints an uncaught error with its stack and its members: for a fault of the description it is the fault alone. */
function withoutStack(failure: Failure): Failure {
  failure.stack = failure.message;
  for (const member of ['code', 'kind', 'remedy', 'name'])
    Object.defineProperty(failure, member, { enumerable: false });
  return failure;
}
