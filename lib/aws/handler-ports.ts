/**
 * The ports of a function on AWS, from what it was deployed with: the environment variables that
 * lib/constructs/integration.ts sets, and the files beside the bundle. Made once per process, before the first task.
 */
import { realClock, realRandom } from '../embedded/real-clock.ts';
import { assert } from '../model/assert.ts';
import type { Clock, Random } from '../model/time.ts';
import type { Callbacks, TaskTokens } from '../runtime/ports/callbacks.ts';
import type { Blobs } from '../runtime/ports/blobs.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { Journal } from '../runtime/ports/journal.ts';
import type { Locks } from '../runtime/ports/locks.ts';
import type { Plans } from '../runtime/ports/plans.ts';
import type { Protection } from '../runtime/ports/protection.ts';
import { Protector } from '../runtime/protect/protector.ts';
import { S3Blobs } from './blobs.ts';
import { DynamoCallbacks } from './callbacks.ts';
import { DynamoBreakers } from './breakers.ts';
import { bundledEnvironments, bundledPlans } from './bundled-files.ts';
import { DynamoJournal } from './journal.ts';
import { DynamoPermits, DynamoRates } from './limits.ts';
import { DynamoLocks } from './locks.ts';
import { dynamoClient, RunTable } from './run-table.ts';
import { SharedTable, shortClient } from './shared-table.ts';
import { StepFunctionsTokens } from './task-tokens.ts';
import { HandlerTelemetry } from './telemetry.ts';

export interface HandlerPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly blobs: Blobs;
  readonly plans: Plans;
  readonly environments: Environments;
  readonly protection: Protection;
  readonly locks: Locks;
  readonly callbacks: Callbacks;
  readonly waking: TaskTokens;
  readonly events: HandlerTelemetry;
  readonly telemetry: HandlerTelemetry;
}

export async function handlerPorts(): Promise<HandlerPorts> {
  const folder = variable('LAMBDA_TASK_ROOT');
  const system = process.env['INTERLOCK_SYSTEM'];
  const telemetry = new HandlerTelemetry({
    integration: variable('INTERLOCK_INTEGRATION'),
    ...(system !== undefined && { system }),
  });
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
    callbacks: new DynamoCallbacks(new SharedTable({ name, client: dynamoClient() })),
    waking: new StepFunctionsTokens(),
    clock: realClock,
    random: realRandom,
    // No handler of a machine lists runs, so none needs to know the workflows.
    journal: new DynamoJournal({ table, workflowIds: [] }),
    blobs: blobsIn(process.env['INTERLOCK_BUCKET']),
    plans: bundledPlans(folder),
    environments: await bundledEnvironments(folder),
    events: telemetry,
    telemetry,
  };
}

function blobsIn(bucket: string | undefined): Blobs {
  return new S3Blobs(bucket === undefined ? {} : { bucket });
}

function variable(name: string): string {
  const value = process.env[name];
  assert(value, `the function has the environment variable ${name}`);
  return value;
}
