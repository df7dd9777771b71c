/**
 * One question after a system's health: its declared path, without credentials, at each of its servers. What the answer
 * says is told to the breaker like any call's, so that a system that has recovered is called again, and one that fails
 * while nobody calls it is known; an open breaker does not keep the question back.
 */
import type { HealthAnswer } from '../../model/upkeep-task.ts';
import type { PlanOperation, PlanSystem } from '../../model/plan.ts';
import type { CallPorts } from '../passage.ts';
import type { HttpAnswer } from '../ports/http.ts';
import type { CallReport } from '../ports/protection.ts';
import { calleeOfSystem } from '../protect/target.ts';
import { RequestDraft } from '../request/draft.ts';
import { basesOf, urlOf } from '../request/url.ts';

export type HealthPorts = Pick<CallPorts, 'clock' | 'http' | 'environments' | 'protection'>;

const MAX_BYTES = 1_048_576;

/** The worst of its servers, since calls may go to any of them. */
export async function checkHealth(system: PlanSystem, ports: HealthPorts): Promise<HealthAnswer> {
  const { health } = system;
  if (!health) return { state: 'unknown', why: `nothing says how to ask ${system.name}: declare x-interlock.health` };
  const environment = ports.environments.system(system.name);
  const bases = basesOf(environment);
  const draft = new RequestDraft();
  const first = urlOf(draft, { operation: operationOf(system.name, health.path), system, environment });
  if (first === undefined) return { state: 'unknown', why: draft.problems.join('; ') };
  const urls = bases.length === 0 ? [first] : bases.map((base) => `${base}${health.path}`);
  const answers = await Promise.all(
    urls.map((url) => askServer({ system, url, several: bases.length > 0, timeoutMs: health.timeoutMs }, ports)),
  );
  return answers.find(({ state }) => state === 'unwell') ?? answers[0] ?? { state: 'unknown', why: 'it has no server' };
}

function operationOf(system: string, path: string): PlanOperation {
  return { key: 'health', system, method: 'get', path, parameters: [], responses: [], security: [] };
}

interface Question {
  readonly system: PlanSystem;
  readonly url: string;
  readonly several: boolean;
  readonly timeoutMs: number;
}

async function askServer(question: Question, ports: HealthPorts): Promise<HealthAnswer> {
  const { system, url, timeoutMs } = question;
  const environment = ports.environments.system(system.name);
  const begun = ports.clock.now();
  const admission = await ports.protection.admit({
    callee: calleeOfSystem(system, { url, environment, ...(question.several && { server: url }) }),
    name: system.name,
    latest: begun,
    timeoutMs,
    run: '',
    step: 'health',
  });
  const request = { method: 'GET', url, headers: [['accept', '*/*']] as const };
  const answer = await ports.http.send(request, { timeoutMs, maxResponseBytes: MAX_BYTES });
  const ms = ports.clock.now() - begun;
  if (admission.ok) await admission.done(reportOf(answer, ms));
  return judged(answer, system.name, ms);
}

function reportOf(answer: HttpAnswer, ms: number): CallReport {
  return { kind: answer.kind === 'response' && answer.status < 500 ? 'answered' : 'failed', ms };
}

function judged(answer: HttpAnswer, name: string, ms: number): HealthAnswer {
  if (answer.kind !== 'response') return { state: 'unwell', why: `${name} did not answer: ${answer.why}`, ms };
  const state = answer.status >= 200 && answer.status < 300 ? 'well' : 'unwell';
  return { state, why: `${name} answered with ${answer.status}`, ms };
}
