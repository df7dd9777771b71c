/**
 * Starting a run. A key names the run: the run id is made from it, so that two requests under one key are one run,
 * whoever takes them in and at whatever moment (run-contract section 7). What was started keeps the plan it began with,
 * so asking again is judged by that one.
 */
import { sha256 } from '../../runtime/digest.ts';
import { newRunId, type StartAnswer } from '../../runtime/run.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, Called, Planned } from '../ports.ts';
import { problem } from '../problems.ts';
import { isAtRest, viewOf } from './run-view.ts';

const LONGEST_WAIT_SECONDS = 25;

export async function startRun(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { path, headers, body, actor } = called;
  const { id: workflowId = '' } = path;
  const key = headers.get('idempotency-key');
  const runId = newRunId(workflowId, key === undefined ? ports.operator.random.uuid() : ofKey(workflowId, key));
  const planned = await plannedFor(runId, workflowId, ports);
  if (!planned) return await unknownWorkflow(workflowId, ports);
  const traceparent = headers.get('traceparent');
  const seconds = waitIn(headers.get('prefer'));
  const wait = seconds === undefined ? undefined : { seconds, from: ports.operator.clock.now() };
  const request = {
    ...planned,
    runId,
    input: body['input'] ?? {},
    actor,
    ...(traceparent !== undefined && { traceparent }),
  };
  const started = await ports.workflows.start(request, seconds === undefined ? undefined : seconds * 1000);
  return await responseOf(started, wait, ports);
}

/** What the caller would wait, and since when. */
interface Wait {
  readonly seconds: number;
  readonly from: number;
}

/** 128 bits of the key's digest. */
function ofKey(workflowId: string, key: string): string {
  return sha256(JSON.stringify([workflowId, key])).slice(0, 32);
}

async function plannedFor(runId: string, workflowId: string, ports: ApiPorts): Promise<Planned | undefined> {
  const { journal, plans } = ports.operator;
  const header = await journal.header(runId);
  if (!header) return await ports.workflows.current(workflowId);
  return { plan: await plans.plan(header.planHash), planHash: header.planHash };
}

export async function unknownWorkflow(workflowId: string, { workflows }: ApiPorts): Promise<ApiResponse> {
  const known = (await workflows.all()).map(({ plan }) => plan.workflowId);
  return problem('workflow-not-found', `There is no workflow ${workflowId}; there are: ${known.join(', ')}`);
}

async function responseOf(started: StartAnswer, wait: Wait | undefined, ports: ApiPorts): Promise<ApiResponse> {
  switch (started.kind) {
    case 'invalid': {
      const problems = started.problems.map((one) => ({ ...one, pointer: `/body/input${one.pointer}` }));
      const [first] = problems;
      return problem('run-input-invalid', first ? `${first.pointer} ${first.message}` : '', { problems });
    }
    case 'conflict':
      return problem('key-reused', `The run ${started.runId} was started under this key with another input`);
    case 'started':
    case 'exists':
      return await runResponse(started, wait, ports);
  }
}

async function runResponse(
  { kind, runId }: { readonly kind: 'started' | 'exists'; readonly runId: string },
  wait: Wait | undefined,
  ports: ApiPorts,
): Promise<ApiResponse> {
  const { atRest } = ports.acting;
  const waits = wait !== undefined && atRest !== undefined;
  if (waits) await atRest(runId, Math.max(0, wait.from + wait.seconds * 1000 - ports.operator.clock.now()));
  const view = await viewOf(runId, ports.operator);
  const isOver = waits && view !== undefined && isAtRest(view);
  return jsonResponse(isOver ? 200 : 202, view, {
    location: `/runs/${runId}`,
    ...(kind === 'exists' && { 'idempotency-replayed': 'true' }),
    ...(waits && { 'preference-applied': `wait=${wait.seconds}` }),
  });
}

/** Preferences that cannot be met are ignored, as RFC 7240 has it. */
function waitIn(prefer: string | undefined): number | undefined {
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,5})"?(?:$|[,;\s])/i.exec(prefer ?? '') ?? [];
  return seconds === undefined ? undefined : Math.min(LONGEST_WAIT_SECONDS, Number(seconds));
}
