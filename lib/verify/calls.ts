/**
 * One call of a plan, made for real and once: built by the values that are known, authorised, sent and held to criteria
 * and to its OpenAPI document, by the very parts that make it in a run. What cannot be built is not called. An effect is
 * made only for who named it.
 */
import { evaluateCriteria } from '../expressions/criterion.ts';
import type { Scope } from '../expressions/scope.ts';
import { type Json, type JsonObject, own } from '../model/json.ts';
import { DEFAULTS } from '../model/defaults.ts';
import type { Plan, PlanCall, PlanOperation, PlanProbe } from '../model/plan.ts';
import type { Clock } from '../model/time.ts';
import { type Authorised, authorise } from '../runtime/auth/authorise.ts';
import type { Tokens } from '../runtime/auth/tokens.ts';
import { responseVerdict } from '../runtime/contract/contract.ts';
import { Evaluation } from '../runtime/evaluation.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import type { Http, HttpResponse } from '../runtime/ports/http.ts';
import type { Secrets } from '../runtime/ports/secrets.ts';
import { buildRequest, targetOf, withCredentials } from '../runtime/request/build.ts';
import { basesOf } from '../runtime/request/url.ts';
import { exchange } from '../runtime/request/exchange.ts';
import { readResponse } from '../runtime/request/response.ts';
import { xmlWriterFor } from '../runtime/request/xml.ts';
import { sha256, traceparentOf } from '../runtime/digest.ts';
import { outputsIn } from '../runtime/step-outputs.ts';
import { whyAnswered, whyNotAnswered } from '../runtime/answer-words.ts';
import { loadXPath } from '../expressions/xpath.ts';
import type { Exchanged } from './answer-checks.ts';
import { type Check, failed, notChecked, ok, warning } from './check.ts';

export interface CallPorts {
  readonly clock: Clock;
  readonly http: Http;
  readonly environments: Environments;
  readonly secrets: Secrets;
  readonly tokens: Tokens;
}

export interface Known {
  readonly plan: Plan;
  readonly input: Json;
  /** Outputs of the steps that were called, by path. */
  readonly outputs: Map<string, JsonObject>;
  /** Nobody has used it, nor what is made of it: the keys of the calls. */
  readonly key: string;
}

/** What one call tells of its system. */
export interface CallResult {
  readonly check: Check;
  /** It was sent with credentials, and they were taken, or were not. */
  readonly authentication?: Check;
  readonly exchanged?: Exchanged;
}

const KEY_HEADER = 'Idempotency-Key';
const GIVE_INPUT = 'Give an input by --input with which a run would find it.';

export async function verifiedCall(call: PlanCall, known: Known, ports: CallPorts): Promise<CallResult> {
  const { plan } = known;
  const { operation, system } = targetOf(plan, call);
  const name = nameOf(operation, call);
  if (operation.message) return { check: notChecked(name, 'it is a message, and none is sent or awaited here') };
  const environment = ports.environments.system(system.name);
  const scope = await scopeOf(call, known);
  const xml = await xmlWriterFor(call, operation);
  const [unknown] = call.reads.filter((path) => !known.outputs.has(path));
  if (unknown !== undefined)
    return { check: notChecked(name, `it reads the answer of ${unknown}, which was not called`) };
  const strict = own(plan.steps, call.path) === undefined;
  const built = buildRequest({
    plan,
    step: call,
    environment,
    scope,
    idempotencyKey: keyOf(call.path, known),
    strict,
    ...(xml && { xml }),
  });
  if (!built.ok) return { check: notChecked(name, `it cannot be called by itself: ${built.why}`, GIVE_INPUT) };
  const timeoutMs = call.timeoutsMs[0] ?? DEFAULTS.attemptTimeoutMs;
  const authorised = await authorise({ operation, system, environment, request: built.request, timeoutMs }, ports);
  if (!authorised.ok) return unauthorised(name, authorised);
  const whole = withCredentials(built.request, authorised.credentials, traceOf(call, known));
  const { signing } = authorised.credentials;
  const sentAt = ports.clock.now();
  const answer = await exchange(
    { request: whole, ...(signing && { signing }), operation, isWanted: () => false },
    ports,
    { timeoutMs, maxResponseBytes: DEFAULTS.responseLimitBytes },
  );
  if (answer.kind !== 'response') {
    const why = whyNotAnswered(answer, { system: system.name, url: built.request.url, timeoutMs });
    return { check: failed(name, why, 'Ask again; then ask who runs the system.') };
  }
  const exchanged = { response: answer, sentAt, answeredAt: ports.clock.now() };
  const secured = operation.security.some((requirement) => Object.keys(requirement).length > 0);
  return {
    check: await judged({ call, known, name, scope: { ...scope, ...built.request.seen } }, answer),
    ...(secured && { authentication: accepted(answer, name) }),
    exchanged,
  };
}

/**
 * Where nothing of a system could be called: its credential is at least there, and whoever gives tokens gives one. Whether
 * the system takes it is not known.
 */
export async function credentialCheck(call: PlanCall, plan: Plan, ports: CallPorts): Promise<Check> {
  const { operation, system } = targetOf(plan, call);
  const environment = ports.environments.system(system.name);
  const [url = 'https://localhost'] = basesOf(environment);
  const seen = { url, method: 'GET', request: {} };
  const request = { method: 'GET', url, query: [], headers: [], cookies: [], seen };
  const timeoutMs = call.timeoutsMs[0] ?? DEFAULTS.attemptTimeoutMs;
  const authorised = await authorise({ operation, system, environment, request, timeoutMs }, ports);
  if (!authorised.ok) return failed('authentication', authorised.why);
  const fix = `Name a step that may be called: --call '${call.path}'.`;
  return notChecked(
    'authentication',
    'its credential is there; nothing could be called that would tell if it is taken',
    fix,
  );
}

function traceOf({ path }: PlanCall, { key }: Known): string {
  return traceparentOf(key, undefined, { step: path, visit: 1, gen: 0, attempt: 1 });
}

export function nameOf({ method, path, message }: PlanOperation, call: PlanCall): string {
  return `${call.path}: ${message ? `${message.action} ${message.channel}` : `${method.toUpperCase()} ${path}`}`;
}

/** As in a run: an undo has one of its own, and reads that of its step. */
function keyOf(path: string, { key }: Known): string {
  return sha256(`${key}\n${path}`).slice(0, 32);
}

async function scopeOf(call: PlanCall, known: Known): Promise<Scope> {
  const { plan, input, outputs } = known;
  const of = call.path.split('#')[0] ?? '';
  const name = own(plan.steps, of)?.idempotency?.header ?? KEY_HEADER;
  const key = keyOf(of, known);
  const header = { [KEY_HEADER]: key, [name]: key };
  const xpath = await loadXPath();
  const refs = Object.fromEntries(outputs);
  return new Evaluation(plan, { input, refs, request: { header }, xpath }).scope(call.scope);
}

function unauthorised(name: string, { why }: Extract<Authorised, { ok: false }>): CallResult {
  return {
    check: notChecked(name, 'it was not called without its credential'),
    authentication: failed('authentication', why),
  };
}

function accepted({ status }: HttpResponse, name: string): Check {
  const said = `${name} answered ${status}`;
  if (status === 401)
    return failed('authentication', `the credential is not accepted: ${said}`, 'Check what the environment names.');
  if (status === 403)
    return failed('authentication', `the credential may not do this: ${said}`, 'Have its rights or scopes widened.');
  return ok('authentication', `accepted: ${said}`);
}

interface Judging {
  readonly call: PlanCall;
  readonly known: Known;
  readonly name: string;
  readonly scope: Scope;
}

async function judged({ call, known, name, scope }: Judging, answer: HttpResponse): Promise<Check> {
  const { plan } = known;
  const { operation, system } = targetOf(plan, call);
  const response = readResponse(answer, operation.responses);
  if (response.unparseable !== undefined) return failed(name, `its answer cannot be read: ${response.unparseable}`);
  if (answer.status < 200 || answer.status > 299) return notWell(name, answer.status, operation);
  const held = await responseVerdict({ plan, step: call, operation, system }, response);
  if (held.kind !== 'holds') return failed(name, held.why, 'Mend the OpenAPI document, or have the system mended.');
  const answered = { ...scope, statusCode: response.status, response: response.message };
  if (own(plan.steps, call.path))
    known.outputs.set(
      call.path,
      outputsIn(call.outputs, answered, () => undefined),
    );
  const verdict = call.criteria.length === 0 ? undefined : evaluateCriteria(call.criteria, answered);
  const step = Object.values(plan.steps).find(({ probe }) => probe?.call === call.path);
  if (step?.probe) return probed(step.probe, { name, answered, isMade: known.outputs.has(step.path) });
  if (verdict && !verdict.met) return warning(name, whyAnswered(system.name, response, verdict), GIVE_INPUT);
  const stands = call.effect !== 'safe' && !call.path.includes('#') ? '; what it made stands until it is undone' : '';
  return ok(name, `answered ${answer.status}, as its document says${stands}`);
}

/** Of a key that nobody has used a probe must say that nothing happened, or an operator is asked whenever it matters. */
function probed(
  { applied, absent }: PlanProbe,
  { name, answered, isMade }: { readonly name: string; readonly answered: Scope; readonly isMade: boolean },
): Check {
  const found = evaluateCriteria(applied, answered).met;
  if (isMade)
    return found ? ok(name, 'its probe finds what was made') : failed(name, 'its probe does not find what was made');
  if (found) return failed(name, 'its probe finds an effect of a key that nobody has used', 'Mend its `applied`.');
  if (absent.length > 0 && evaluateCriteria(absent, answered).met)
    return ok(name, 'its probe says that nothing was made');
  const why = 'its probe does not say that nothing was made, though nothing was: an operator would be asked';
  return warning(name, why, 'Mend its `absent`.');
}

function notWell(name: string, status: number, { responses }: PlanOperation): Check {
  if (status === 429) return warning(name, 'answered 429: too many requests', 'Ask again later.');
  if (status >= 500) return failed(name, `answered ${status}`, 'Ask who runs the system.');
  const documented = responses.some(
    (one) =>
      one.status === String(status) || one.status === 'default' || one.status.toLowerCase() === `${status}`[0] + 'xx',
  );
  if (!documented)
    return failed(
      name,
      `answered ${status}, which its document does not know`,
      'Add the answer to the OpenAPI document.',
    );
  return warning(name, `answered ${status}, which is documented; nothing is known of its good answer`, GIVE_INPUT);
}
