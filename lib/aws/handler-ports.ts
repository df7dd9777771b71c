/**
 * The ports of a function on AWS, from what it was deployed with: the environment variables that
 * lib/constructs/integration.ts sets, and the files beside the bundle. Made once per process, before the first task.
 */
import { realClock, realRandom } from '../embedded/real-clock.ts';
import { assert } from '../model/assert.ts';
import type { Clock, Random } from '../model/time.ts';
import type { Renewals } from '../runtime/auth/renewal.ts';
import type { Callbacks, TaskTokens } from '../runtime/ports/callbacks.ts';
import type { Mailboxes } from '../runtime/ports/mailboxes.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { Journal } from '../runtime/ports/journal.ts';
import type { OpenRuns } from '../runtime/ports/open-runs.ts';
import type { Locks } from '../runtime/ports/locks.ts';
import type { Protection } from '../runtime/ports/protection.ts';
import type { SharedValues } from '../runtime/ports/shared-values.ts';
import { Protector } from '../runtime/protect/protector.ts';
import { S3Blobs } from './blobs.ts';
import { DynamoCallbacks } from './callbacks.ts';
import { DynamoMailboxes } from './mailboxes.ts';
import { DynamoBreakers } from './breakers.ts';
import type { BucketOptions } from './bucket.ts';
import { bundledEnvironments, bundledWorkflows } from './bundled-files.ts';
import { DynamoJournal } from './journal.ts';
import { KeptPlans } from './kept-plans.ts';
import { DynamoPermits, DynamoRates } from './limits.ts';
import { DynamoLocks } from './locks.ts';
import { DynamoOpenRuns } from './open-runs.ts';
import { dynamoClient, RunTable } from './run-table.ts';
import { DynamoSharedValues } from './shared-values.ts';
import { SharedTable, shortClient } from './shared-table.ts';
import { StepFunctionsTokens } from './task-tokens.ts';
import { HandlerTelemetry } from './telemetry.ts';

export interface HandlerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly openRuns: OpenRuns;
  readonly blobs: Blobs;
  readonly plans: KeptPlans;
  readonly environments: Environments;
  readonly protection: Protection;
  readonly locks: Locks;
  /** Answers that may be used again. */
  readonly answers: SharedValues;
  /** What answers after the systems' health came to. */
  readonly healths: SharedValues;
  /** Where what token servers rotate is shared. */
  readonly renewals: Renewals;
  readonly callbacks: Callbacks;
  readonly mailboxes: Mailboxes;
  readonly waking: TaskTokens;
  readonly events: HandlerTelemetry;
  readonly telemetry: HandlerTelemetry;
}

/** What was deployed beside the handler. */
export function taskRoot(): string {
  return variable('LAMBDA_TASK_ROOT');
}

export async function handlerPorts(): Promise<HandlerPorts> {
  const folder = taskRoot();
  const system = process.env['INTERLOCK_SYSTEM'];
  const telemetry = new HandlerTelemetry({
    integration: variable('INTERLOCK_INTEGRATION'),
    ...(system !== undefined && { system }),
  });
  const bucket = bucketOptions();
  const name = variable('INTERLOCK_TABLE');
  const table = new RunTable({ name, client: dynamoClient() });
  const shared = new SharedTable({ name: process.env['INTERLOCK_SHARED_TABLE'] ?? name, client: shortClient() });
  return {
    protection: new Protector({
      breakers: new DynamoBreakers(shared),
      rates: new DynamoRates(shared),
      permits: new DynamoPermits(shared),
      clock: realClock,
      random: realRandom,
      telemetry,
    }),
    locks: new DynamoLocks(shared, ''),
    answers: new DynamoSharedValues(shared, 'cache'),
    healths: new DynamoSharedValues(shared, 'health'),
    renewals: {
      values: new DynamoSharedValues(shared, 'tokens'),
      permits: new DynamoPermits(shared),
      clock: realClock,
      random: realRandom,
    },
    callbacks: new DynamoCallbacks(new SharedTable({ name, client: dynamoClient() })),
    mailboxes: new DynamoMailboxes(new SharedTable({ name, client: dynamoClient() })),
    waking: new StepFunctionsTokens(),
    clock: realClock,
    random: realRandom,
    journal: new DynamoJournal({ table, workflowIds: workflowIdsIn(folder) }),
    openRuns: new DynamoOpenRuns(table),
    blobs: new S3Blobs(bucket),
    plans: new KeptPlans(folder, bucket),
    environments: await bundledEnvironments(folder, process.env['INTERLOCK_DEPLOYED']),
    events: telemetry,
    telemetry,
  };
}

/** Read when runs are first listed, which few functions do, and once. */
function workflowIdsIn(folder: string): () => Promise<readonly string[]> {
  let reading: Promise<readonly string[]> | undefined;
  const read = async (): Promise<readonly string[]> =>
    (await bundledWorkflows(folder)).map(({ plan }) => plan.workflowId);
  return () => (reading ??= read());
}

function bucketOptions(): BucketOptions {
  const { INTERLOCK_BUCKET: bucket, INTERLOCK_PREFIX: prefix = '' } = process.env;
  return bucket === undefined ? {} : { bucket, prefix };
}

function variable(name: string): string {
  const value = process.env[name];
  assert(value, `the function has the environment variable ${name}`);
  return value;
}
