/**
 * The ports of the run API as a function has them, from what it was deployed with: the journal with all workflows of the
 * integration, Step Functions, the queue of dead letters, the breakers in the shared table. What a run comes to is the
 * machines' and the lifecycle function's business, so nothing is looked after here.
 */
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Acting, ApiPorts, Planned, Workflows } from '../api/ports.ts';
import { callbacksOver } from '../api/ports.ts';
import { assert } from '../model/assert.ts';
import { afterDeadlineMs } from '../model/express.ts';
import type { Plan } from '../model/plan.ts';
import type { ExecutionInput } from '../model/task.ts';
import type { Clock } from '../model/time.ts';
import type { OperatorPorts } from '../runtime/operator/action.ts';
import { FINAL_PHASES, type Journal } from '../runtime/ports/journal.ts';
import { hasBegun, startRun } from '../runtime/run.ts';
import { signatureFor } from '../runtime/signature.ts';
import { healthRecord } from '../runtime/upkeep/health-record.ts';
import { DynamoBreakers } from './breakers.ts';
import { bundledWorkflows } from './bundled-files.ts';
import { SqsLetters } from './dead-letters.ts';
import { StepFunctionsExecutions } from './executions.ts';
import { handlerPorts } from './handler-ports.ts';
import type { KeptPlans } from './kept-plans.ts';
import { AwsSecrets } from './secrets.ts';
import { SharedTable, shortClient } from './shared-table.ts';
import type { HandlerTelemetry } from './telemetry.ts';

/** How soon a client that follows a run by server-sent events asks again. */
const AGAIN_MS = 2_000;

export async function apiPorts(): Promise<ApiPorts & { readonly telemetry: HandlerTelemetry }> {
  const handler = await handlerPorts();
  const { clock, environments, journal, telemetry } = handler;
  const planned = await bundledWorkflows(variable('LAMBDA_TASK_ROOT'));
  const name = variable('INTERLOCK_TABLE');
  const shared = new SharedTable({ name: process.env['INTERLOCK_SHARED_TABLE'] ?? name, client: shortClient() });
  const breakers = new DynamoBreakers(shared);
  const secrets = new AwsSecrets({ clock });
  const operator = { ...handler, executions: StepFunctionsExecutions.ofFunction(handler.plans) };
  return {
    operator,
    workflows: deployedWorkflows(planned, operator, handler.plans),
    acting: deployedActing(journal, clock),
    letters: new SqsLetters({ client: new SQSClient({}), queueUrl: variable('INTERLOCK_DEAD_LETTERS'), journal }),
    systems: {
      where: () => Promise.resolve(environments),
      breaker: (key) => breakers.read(key),
      health: (key) => healthRecord(key, clock.now(), handler.healths),
    },
    following: { kind: 'snapshot', againMs: AGAIN_MS },
    callbacks: callbacksOver({
      ...operator,
      deployed: () => Promise.resolve(planned.map(({ plan }) => plan)),
      signatureOf: (source, channel) => signatureFor({ environments, secrets }, source, channel),
    }),
    version: process.env['AWS_LAMBDA_FUNCTION_VERSION'] ?? '',
    failed: (error) => telemetry.failed(error),
    telemetry,
  };
}

export function deployedWorkflows(
  planned: readonly Planned[],
  operator: OperatorPorts,
  plans: Pick<KeptPlans, 'keep'>,
): Workflows {
  return {
    all: () => Promise.resolve(planned),
    async current(workflowId) {
      const found = planned.find(({ plan }) => plan.workflowId === workflowId);
      // A run may name it from now on, also when this version is gone.
      if (found) await plans.keep(found.planHash, found.plan);
      return found;
    },
    async start(request, waitMs) {
      const started = await startRun(request, operator);
      // Started before, perhaps, and perhaps by a process that died before it began the execution.
      if (!('execution' in started)) return started;
      const { input } = started.execution;
      const isToBegin = await mayBegin(started.runId, request.plan, operator);
      // Recorded before a deploy and never begun: the sweeper ends it.
      const isTooLate = await operator.executions.superseded?.(input.plan);
      if (isToBegin && !isTooLate) await begin(input, request.plan, operator, waitMs);
      return started;
    },
  };
}

/** An express execution would begin once more: one that has got to its first effect goes on by itself. */
async function mayBegin(runId: string, { mode }: Plan, { journal }: OperatorPorts): Promise<boolean> {
  const header = await journal.header(runId);
  return header?.phase === 'forward' && (mode === 'standard' || !hasBegun(header));
}

/**
 * Nobody promises that an express execution goes on when whoever waits for it has left. So it is waited for only where it
 * ends within the wait; a longer one is looked for, and goes on when its caller has been answered.
 */
async function begin(
  input: ExecutionInput,
  plan: Plan,
  { executions }: OperatorPorts,
  waitMs: number | undefined,
): Promise<void> {
  const longestMs = plan.deadlineMs + afterDeadlineMs(Object.values(plan.steps));
  const isWithin = plan.mode === 'express' && waitMs !== undefined && longestMs <= waitMs;
  if (isWithin && executions.startAndWait) await executions.startAndWait(input);
  else await executions.start(input);
}

const LOOK_MS = 500;

/** Waiting is looking now and then: nothing tells a function of the end of a run. */
export function deployedActing(journal: Pick<Journal, 'header'>, clock: Clock): Acting {
  return {
    ready: () => Promise.resolve(),
    acted: () => undefined,
    async atRest(run, ms) {
      const until = clock.now() + ms;
      for (;;) {
        const header = await journal.header(run);
        if (!header || FINAL_PHASES.includes(header.phase) || clock.now() + LOOK_MS > until) return;
        await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
      }
    },
  };
}

function variable(name: string): string {
  const value = process.env[name];
  assert(value, `the function has the environment variable ${name}`);
  return value;
}
