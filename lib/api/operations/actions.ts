/**
 * The operator's actions, as the cores in lib/runtime/operator do them: written down first, one conditional write, then
 * what follows. A key makes asking again the same action: its audit entry has an id that is made from the key.
 */
import type { Json } from '../../model/json.ts';
import type { InputProblem } from '../../runtime/input.ts';
import {
  type Action,
  isRefused,
  type OperatorPorts,
  type RefusalCode,
  type Refused,
} from '../../runtime/operator/action.ts';
import { cancel } from '../../runtime/operator/cancel.ts';
import { resolve, type Resolution } from '../../runtime/operator/resolve.ts';
import { undoRun as undo } from '../../runtime/operator/resume.ts';
import { retry } from '../../runtime/operator/retry.ts';
import { skip } from '../../runtime/operator/skip.ts';
import { sha256 } from '../../runtime/digest.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, Called, Planned } from '../ports.ts';
import { problem, type ProblemName } from '../problems.ts';
import { noRun, viewOf } from './run-view.ts';
import { unknownWorkflow } from './start.ts';

export type Acted =
  | { readonly kind: string }
  | Refused
  | { readonly kind: 'invalid'; readonly problems: readonly InputProblem[] };

export interface Acting {
  readonly run: string;
  /** Of what a key must not be used twice for: the action with everything that was asked. */
  readonly asked: Json;
  /** The run calls its systems because of it. */
  readonly calls: boolean;
  /** Nothing goes on by itself after it. */
  readonly status?: 200;
  readonly act: (action: Action, ports: OperatorPorts) => Promise<Acted>;
}

export function cancelRun(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { id: run = '' } = called.path;
  return acting(called, ports, { run, asked: ['cancel'], calls: true, act: cancel });
}

export function undoRun(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { id: run = '' } = called.path;
  return acting(called, ports, { run, asked: ['undo'], calls: true, act: undo });
}

export async function retryRun(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { path, body } = called;
  const { id: run = '' } = path;
  const header = await ports.operator.journal.header(run);
  if (!header) return noRun(run);
  const { input, description } = body;
  const corrected = description === 'current' ? await ports.workflows.current(header.workflowId) : undefined;
  if (description === 'current' && !corrected) return await unknownWorkflow(header.workflowId, ports);
  return await acting(called, ports, {
    run,
    asked: ['retry', input === undefined ? 'kept' : { input }, description ?? 'kept'],
    calls: true,
    act: (action, operator) => retry({ ...action, ...retryWith(input, corrected) }, operator),
  });
}

function retryWith(input: Json | undefined, corrected: Planned | undefined): object {
  return { ...(input !== undefined && { input }), ...(corrected && { corrected }) };
}

export function resolveStep(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { id: run = '', step = '' } = called.path;
  // The document's schema has judged it.
  const as = called.body['as'] as Resolution;
  const where = { step, ...visitOf(called) };
  const act: Acting['act'] = (action, operator) => resolve({ ...action, ...where, as }, operator);
  return acting(called, ports, { run, asked: ['resolve', where, as], calls: true, act });
}

export function skipStep(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { id: run = '', step = '' } = called.path;
  const where = { step, ...visitOf(called) };
  const act: Acting['act'] = (action, operator) => skip({ ...action, ...where }, operator);
  return acting(called, ports, { run, asked: ['skip', where], calls: false, status: 200, act });
}

function visitOf({ body }: Called): { readonly visit?: number } {
  return typeof body['visit'] === 'number' ? { visit: body['visit'] } : {};
}

export async function acting(called: Called, ports: ApiPorts, asking: Acting): Promise<ApiResponse> {
  const { run, calls, act } = asking;
  const { operator } = ports;
  if (!(await operator.journal.header(run))) return noRun(run);
  const known = await knownAction(called, asking, operator);
  if (known.kind === 'reused') {
    return problem('key-reused', `The key was used for another action on the run ${run}`);
  }
  if (calls) await ports.acting.ready(run);
  const acted = await act(known.action, operator);
  // What was asked before and is refused now was done then.
  if (isRefused(acted) && !known.isDone) return refusal(acted);
  if ('problems' in acted) return invalid(acted.problems);
  ports.acting.acted(run);
  return jsonResponse(asking.status ?? 202, await viewOf(run, operator));
}

type Known =
  | { readonly kind: 'action'; readonly action: Action; readonly isDone: boolean }
  | { readonly kind: 'reused' };

/** The id of an action under a key is a digest of the key and one of what was asked: half a match is another request. */
async function knownAction(
  { headers, body, actor }: Called,
  { run, asked }: Acting,
  { journal }: OperatorPorts,
): Promise<Known> {
  const { note } = body;
  const action = { run, actor, ...(typeof note === 'string' && { note }) };
  const key = headers.get('idempotency-key');
  if (key === undefined) return { kind: 'action', action, isDone: false };
  const begin = `${sha256(JSON.stringify([run, key])).slice(0, 32)}-`;
  const id = begin + sha256(JSON.stringify(asked)).slice(0, 16);
  const audits = await journal.audits(run);
  const before = audits.find(({ nonce }) => nonce.startsWith(begin));
  if (before && before.nonce !== id) return { kind: 'reused' };
  const isDone = before !== undefined && before.refused === undefined;
  return { kind: 'action', action: { ...action, id, ...(before && { askedAt: before.at }) }, isDone };
}

const REFUSALS: { readonly [C in RefusalCode]: ProblemName } = {
  'run-unknown': 'run-not-found',
  'step-unknown': 'step-not-found',
  'not-now': 'action-too-late',
  'not-open': 'effect-not-open',
  conflict: 'action-conflict',
};

function refusal({ code, why }: Refused): ApiResponse {
  return problem(REFUSALS[code], why);
}

function invalid(found: readonly InputProblem[]): ApiResponse {
  const problems = found.map((one) => ({ ...one, pointer: `/body/input${one.pointer}` }));
  const [first] = problems;
  return problem('run-input-invalid', first ? `${first.pointer} ${first.message}` : '', { problems });
}
