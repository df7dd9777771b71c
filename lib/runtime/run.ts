/**
 * Starting a run (run-contract section 7): the input checked and completed, the record first, then the execution that the
 * caller starts under the name given here ("already exists" means started). The same run id with the same input is the
 * same run; with another input it is a conflict.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { type Json, own } from '../model/json.ts';
import type { KeptInput } from '../model/kept.ts';
import type { Plan } from '../model/plan.ts';
import type { ExecutionInput } from '../model/task.ts';
import type { Clock, Random } from '../model/time.ts';
import { digestOfValue } from './digest.ts';
import { digestKeyOf } from './digest-key.ts';
import { type InputProblem, inputProblems } from './input.ts';
import { listProblems } from './lists-in-input.ts';
import { withDefaults } from './input-defaults.ts';
import { isTooDeep, MAX_JSON_DEPTH } from './json-depth.ts';
import { exceeds, keepInput } from './keep.ts';
import type { Blobs } from './ports/blobs.ts';
import type { Events } from './ports/events.ts';
import type { Journal, RunHeader } from './ports/journal.ts';
import { emit } from './run-events.ts';

export type { InputProblem } from './input.ts';

export interface StartRequest {
  readonly plan: Plan;
  readonly planHash: string;
  readonly input: Json;
  readonly actor: string;
  /** Absent: a new one is made. */
  readonly runId?: string;
  readonly traceparent?: string;
}

export interface StartPorts {
  readonly journal: Journal;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: Events;
}

export interface Execution {
  readonly name: string;
  readonly input: ExecutionInput;
}

export type StartAnswer =
  /** `exists`: the same run was started before. Starting its execution again is harmless. */
  | { readonly kind: 'started' | 'exists'; readonly runId: string; readonly execution: Execution }
  | { readonly kind: 'conflict'; readonly runId: string }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

/** What execution names allow, with room for `-<epoch>-undo-<number>` within their 80 characters. */
const RUN_ID = /^[A-Za-z0-9_-]{1,64}$/;
const RUN_ID_RULE = 'A run id has 1 to 64 letters, digits, hyphens and underscores';

/** Undefined: it can be the id of a run. */
export function whyNoRunId(id: string): string | undefined {
  return RUN_ID.test(id) ? undefined : RUN_ID_RULE;
}

export async function startRun(request: StartRequest, ports: StartPorts): Promise<StartAnswer> {
  const { plan, planHash, actor, traceparent } = request;
  const runId = request.runId ?? ports.random.uuid();
  const misnamed = whyNoRunId(runId);
  if (misnamed !== undefined) return invalid(misnamed);
  const checked = await checkedInput(plan, request.input);
  if (checked.kind === 'invalid') return checked;
  const { input } = checked;
  const startedAt = ports.clock.now();
  const stored = await keptInput({ plan, runId, input }, ports.blobs);
  const inputDigest = stored.digest;
  const answer = await ports.journal.start({
    runId,
    workflowId: plan.workflowId,
    planHash,
    input: stored.value,
    inputDigest,
    actor,
    startedAt,
    deadline: startedAt + plan.deadlineMs,
    ...(traceparent !== undefined && { traceparent }),
  });
  if (answer.kind === 'exists') return existing(answer.header, inputDigest);
  emit(ports, { runId, workflowId: plan.workflowId }, { type: 'run-started', epoch: 1, actor });
  return { kind: 'started', runId, execution: executionOf({ runId, epoch: 1, planHash }) };
}

/** An input as the journal has it; what is sensitive in it is durable in the blob store when this resolves. */
export async function keptInput(
  { plan, runId, input }: { readonly plan: Plan; readonly runId: string; readonly input: Json },
  blobs: Blobs,
): Promise<{ readonly value: KeptInput; readonly digest: string }> {
  const sensitive = own(plan.scopes, '')?.sensitive?.inputs ?? [];
  const digest = digestOfValue(await digestKeyOf(plan, runId, blobs), input);
  return { digest, value: await keepInput(input, { run: runId, sensitive }, blobs) };
}

/** Bounded, completed with the schema's defaults, and valid; what lists it has are such as a step is done for. */
export async function checkedInput(
  plan: Plan,
  given: Json,
): Promise<
  | { readonly kind: 'checked'; readonly input: Json }
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] }
> {
  if (isTooDeep(given)) return invalid(`The input is nested deeper than ${MAX_JSON_DEPTH} levels`);
  if (exceeds(given, DEFAULTS.blobLimitBytes))
    return invalid(`The input has more than ${DEFAULTS.blobLimitBytes} bytes`);
  const { inputSchema: schema, sensitive } = own(plan.scopes, '') ?? {};
  const input = schema === undefined ? given : withDefaults(schema, given);
  const problems = schema === undefined ? [] : await inputProblems(schema, input, sensitive?.inputs);
  const unfit = problems.length > 0 ? problems : await listProblems(plan, input);
  return unfit.length > 0 ? { kind: 'invalid', problems: unfit } : { kind: 'checked', input };
}

export function executionName(runId: string, epoch: number): string {
  return `${runId}-${epoch}`;
}

/** Whether a step of its epoch has left a trace: somebody has begun its execution. */
export function hasBegun({ execution, epoch, intents, failures }: RunHeader): boolean {
  return execution !== undefined || [...intents, ...failures].some((one) => one.epoch === epoch);
}

/** The number of the settlement that an express execution begins itself; those that are asked for count from 1. */
export const HANDED_OVER = 0;

/** Of the undo machine: `number` counts the settlements of a run. */
export function undoExecutionName(runId: string, epoch: number, number: number): string {
  return `${executionName(runId, epoch)}-undo-${number}`;
}

const MOST_RUN_ID = 64;

/** Readable first, and short enough whatever the workflow is called. `unique`: letters, digits and hyphens. */
export function newRunId(workflowId: string, unique: string): string {
  const name = workflowId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, MOST_RUN_ID - unique.length - 1);
  return `${name}-${unique}`;
}

function executionOf({ runId, epoch, planHash }: Pick<RunHeader, 'runId' | 'epoch' | 'planHash'>): Execution {
  return { name: executionName(runId, epoch), input: { run: runId, epoch, plan: planHash } };
}

/** A run keeps the plan that it started with, whatever has been deployed since; a retry may have corrected its input. */
function existing(header: RunHeader, inputDigest: string): StartAnswer {
  const { runId } = header;
  const known = [header, ...header.earlier].map((epoch) => epoch.inputDigest);
  if (!known.includes(inputDigest)) return { kind: 'conflict', runId };
  return { kind: 'exists', runId, execution: executionOf(header) };
}

function invalid(message: string): Extract<StartAnswer, { kind: 'invalid' }> {
  return { kind: 'invalid', problems: [{ pointer: '', message }] };
}
