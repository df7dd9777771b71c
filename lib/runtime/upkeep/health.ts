/**
 * One question after a system's health, at each of its servers: its declared path, without credentials, or an operation of
 * its document, with them. What the answer says is told to the breaker like any call's, so that a system that has recovered
 * is called again, and one that fails while nobody calls it is known; an open breaker does not keep the question back.
 * What several answers in a row come to is health-record.ts.
 */
import { evaluateCriteria } from '../../expressions/criterion.ts';
import type { Scope } from '../../expressions/scope.ts';
import { loadXPath } from '../../expressions/xpath.ts';
import type { HealthAnswer } from '../../model/upkeep-task.ts';
import type { PlanHealth, PlanOperation, PlanSystem } from '../../model/plan.ts';
import { authorise } from '../auth/authorise.ts';
import { traceparentOf } from '../digest.ts';
import type { CallPorts } from '../passage.ts';
import type { SystemEnvironment } from '../ports/environment.ts';
import type { HttpAnswer } from '../ports/http.ts';
import type { CallReport } from '../ports/protection.ts';
import { onServer } from '../protect/servers.ts';
import { calleeOfSystem } from '../protect/target.ts';
import { type Built, buildRequest, type PreparedRequest, withCredentials } from '../request/build.ts';
import { RequestDraft } from '../request/draft.ts';
import { exchange } from '../request/exchange.ts';
import { readResponse } from '../request/response.ts';
import { basesOf, urlOf } from '../request/url.ts';

export type HealthPorts = Pick<CallPorts, 'clock' | 'http' | 'environments' | 'protection' | 'secrets' | 'tokens'>;

const MAX_BYTES = 1_048_576;

/** The worst of its servers, since calls may go to any of them. */
export async function askHealth(system: PlanSystem, ports: HealthPorts): Promise<HealthAnswer> {
  const { health } = system;
  if (!health) return { state: 'unknown', why: `nothing says how to ask ${system.name}: declare x-interlock.health` };
  const environment = ports.environments.system(system.name);
  const built = 'path' in health ? ofPath(system, health.path, environment) : ofCall(system, health, environment);
  if (!built.ok) return { state: 'unknown', why: built.why };
  const bases = basesOf(environment);
  const { request } = built;
  const requests = bases.length === 0 ? [request] : bases.map((base) => onServer(request, bases[0] ?? '', base));
  const answers = await Promise.all(
    requests.map((one) => askServer({ system, health, environment, request: one, several: bases.length > 0 }, ports)),
  );
  const worst = answers.find(({ state }) => state === 'unwell') ?? answers.find(({ state }) => state === 'unknown');
  return worst ?? answers[0] ?? { state: 'unknown', why: 'it has no server' };
}

function ofPath(system: PlanSystem, path: string, environment: SystemEnvironment): Built {
  const draft = new RequestDraft();
  const operation = {
    key: 'health',
    system: system.name,
    method: 'get',
    path,
    parameters: [],
    responses: [],
    security: [],
  } as const;
  const url = urlOf(draft, { operation, system, environment });
  if (url === undefined) return { ok: false, why: draft.problems.join('; '), notes: [] };
  const seen = { url, method: 'GET', request: {} };
  const request = { method: 'GET', url, query: [], headers: [['accept', '*/*']] as const, cookies: [], seen };
  return { ok: true, request, notes: [] };
}

type ByCall = Extract<PlanHealth, { readonly call: unknown }>;

function ofCall(system: PlanSystem, { call }: ByCall, environment: SystemEnvironment): Built {
  const { operation, parameters } = call;
  const plan = { operations: { health: operation }, systems: { [system.name]: system }, schemas: {} };
  const step = { operation: 'health', effect: 'safe', parameters } as const;
  return buildRequest({ plan, step, environment, scope: {}, idempotencyKey: '', strict: true });
}

interface Question {
  readonly system: PlanSystem;
  readonly health: PlanHealth;
  readonly environment: SystemEnvironment;
  readonly request: PreparedRequest;
  readonly several: boolean;
}

async function askServer(question: Question, ports: HealthPorts): Promise<HealthAnswer> {
  const { system, health, environment, request, several } = question;
  const { timeoutMs } = health;
  const sending = await sendingOf(question, ports);
  if (!sending.ok) return { state: 'unknown', why: sending.why };
  const begun = ports.clock.now();
  const { url } = request;
  const admission = await ports.protection.admit({
    callee: calleeOfSystem(system, { url, environment, ...(several && { server: url }) }),
    name: system.name,
    latest: begun,
    timeoutMs,
    run: '',
    step: 'health',
  });
  const answer = await sending.send();
  const ms = ports.clock.now() - begun;
  const judged = { ...(await judgedAnswer(answer, question)), ms };
  if (admission.ok) await admission.done(reportOf(answer, { judged, hasCriteria: health.criteria !== undefined }));
  return judged;
}

type Sending = { readonly ok: true; send(): Promise<HttpAnswer> } | { readonly ok: false; readonly why: string };

/** A path is asked as anybody would; an operation as a step is, credentials and redirects included. */
async function sendingOf({ system, health, environment, request }: Question, ports: HealthPorts): Promise<Sending> {
  const limits = { timeoutMs: health.timeoutMs, maxResponseBytes: MAX_BYTES };
  if ('path' in health) {
    const { method, url, headers } = request;
    return { ok: true, send: () => ports.http.send({ method, url, headers }, limits) };
  }
  const operation: PlanOperation = health.call.operation;
  const authorised = await authorise({ operation, system, environment, request, timeoutMs: health.timeoutMs }, ports);
  if (!authorised.ok) return { ok: false, why: authorised.why };
  const place = { step: 'health', visit: 1, gen: 0, attempt: 1 };
  const traceparent = traceparentOf(`${system.name} ${ports.clock.now()}`, undefined, place);
  const whole = withCredentials(request, authorised.credentials, traceparent);
  const { signing } = authorised.credentials;
  const asked = { request: whole, ...(signing && { signing }), operation, isWanted: () => false };
  return { ok: true, send: () => exchange(asked, ports, limits) };
}

interface Reporting {
  readonly judged: HealthAnswer & { readonly ms: number };
  readonly hasCriteria: boolean;
}

/** A system that says by its own criteria that it is not well has failed; a 404 without such is a mistake of ours. */
function reportOf(answer: HttpAnswer, { judged: { state, ms }, hasCriteria }: Reporting): CallReport {
  const isAnswered = answer.kind === 'response' && answer.status < 500;
  return { kind: isAnswered && (state === 'well' || !hasCriteria) ? 'answered' : 'failed', ms };
}

async function judgedAnswer(
  answer: HttpAnswer,
  { system: { name }, health: { criteria = [] }, request }: Question,
): Promise<HealthAnswer> {
  if (answer.kind !== 'response') return { state: 'unwell', why: `${name} did not answer: ${answer.why}` };
  const said = `${name} answered with ${answer.status}`;
  if (criteria.length === 0)
    return { state: answer.status >= 200 && answer.status < 300 ? 'well' : 'unwell', why: said };
  const { status: statusCode, message: response, unparseable } = readResponse(answer);
  if (unparseable !== undefined) return { state: 'unwell', why: `${said}, but ${unparseable}` };
  const xpath = criteria.some(({ type }) => type === 'xpath') ? await loadXPath() : undefined;
  const scope: Scope = { ...request.seen, statusCode, response, ...(xpath && { xpath }) };
  const verdict = evaluateCriteria(criteria, scope);
  if (verdict.met) return { state: 'well', why: said };
  return { state: 'unwell', why: verdict.why === undefined ? said : `${said}, and ${verdict.why}` };
}
