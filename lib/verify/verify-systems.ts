/**
 * Systems of an environment before anything runs there: reached, trusted, known to, well, true to their documents. Only
 * what changes nothing is called, and beside it what somebody named. The answers of reads are given on to the calls that
 * need them, so that most of a workflow's reads can be made.
 */
import type { Json } from '../model/json.ts';
import type { Plan, PlanCall, PlanOperation, PlanSystem } from '../model/plan.ts';
import type { HealthAnswer } from '../model/upkeep-task.ts';
import { stepsInOrder } from '../simulate/stated-order.ts';
import { behind, dependsOnIn, likelyCauses } from '../model/dependencies.ts';
import { lookFirst } from '../runtime/upkeep/check-systems.ts';
import { askHealth } from '../runtime/upkeep/health.ts';
import { RequestDraft } from '../runtime/request/draft.ts';
import { basesOf, urlOf } from '../runtime/request/url.ts';
import type { Protection } from '../runtime/ports/protection.ts';
import { clockCheck, limitCheck } from './answer-checks.ts';
import { type CallPorts, type CallResult, credentialCheck, type Known, nameOf, verifiedCall } from './calls.ts';
import { type Check, type Checked, failed, notChecked, ok, warning } from './check.ts';
import type { Connecting } from './connecting.ts';
import { connectionChecks } from './reachable.ts';

export interface VerifyPorts extends CallPorts {
  readonly connecting: Connecting;
}

export interface Verifying {
  readonly workflows: readonly { readonly plan: Plan; readonly input: Json }[];
  /** Paths of steps and undos that may change something, and were named for all that. */
  readonly named: ReadonlySet<string>;
  readonly key: string;
  readonly warnDays: number;
  readonly connectTimeoutMs: number;
}

export async function verifySystems(verifying: Verifying, ports: VerifyPorts): Promise<readonly Checked[]> {
  const systems = new Map(
    verifying.workflows.flatMap(({ plan }) => Object.values(plan.systems).map((one) => [one.name, one] as const)),
  );
  const looked = await Promise.all(
    [...systems.values()].map(async (system) =>
      isAsked(system.name, verifying) ? await lookAt(system, verifying, ports) : messagesOnly(system),
    ),
  );
  const reached = new Set(looked.filter(({ isThere }) => isThere).map(({ name }) => name));
  const results = await callAll(verifying, reached, ports);
  const withCauses = causing(looked, systems.values());
  return await Promise.all(
    withCauses.map(async ({ name, at, checks, isThere, health }) => {
      const system = systems.get(name);
      if (!isThere || !system) return { name, at, checks };
      const own = results.filter((one) => one.system === name);
      const authentication = await authenticationCheck(own, () => unasked(system, health, { verifying, ports }));
      return { name, at, checks: [...checks, authentication, ...answeredChecks(system, own)] };
    }),
  );
}

/** Of a system of which nothing was called. */
async function unasked(
  system: PlanSystem,
  health: HealthAnswer | undefined,
  { verifying, ports }: { readonly verifying: Verifying; readonly ports: VerifyPorts },
): Promise<Check> {
  const asked = health && healthCredential(system, health);
  if (asked) return asked;
  for (const { plan } of verifying.workflows)
    for (const call of callsOf(plan)) {
      const operation = plan.operations[call.operation];
      if (operation?.system === system.name && isSecured(operation)) return await credentialCheck(call, plan, ports);
    }
  return ok('authentication', 'none is asked for');
}

function isSecured({ security }: Pick<PlanOperation, 'security'>): boolean {
  return security.some((requirement) => Object.keys(requirement).length > 0);
}

/** What the question after its health has shown of its credential; undefined where it needs none. */
function healthCredential({ health }: PlanSystem, { state, why }: HealthAnswer): Check | undefined {
  if (!health || 'path' in health || !isSecured(health.call.operation)) return undefined;
  if (state === 'well') return ok('authentication', 'accepted by the operation that its health is asked by');
  if (state === 'unknown') return failed('authentication', why);
  return notChecked('authentication', `its health is asked by an operation that needs a credential: ${why}`);
}

/**
 * Of a system that only sends and takes messages nothing is asked: it comes to us, or a queue stands between. One that no
 * step calls is looked at for those that depend on it.
 */
function isAsked(system: string, { workflows }: Verifying): boolean {
  const operations = workflows.flatMap(({ plan }) => Object.values(plan.operations));
  const own = operations.filter((operation) => operation.system === system);
  return own.length === 0 || own.some(({ message }) => !message);
}

/** What a system depends on stands behind it: where both are down, one looks there first. */
function causing(looked: readonly Looked[], systems: Iterable<PlanSystem>): readonly Looked[] {
  const dependsOn = dependsOnIn(systems);
  const bad = new Set(
    looked.filter(({ checks }) => checks.some(({ verdict }) => verdict === 'failed')).map(({ name }) => name),
  );
  return looked.map((one) => {
    const names = behind(one.name, dependsOn);
    if (names.length === 0) return one;
    const causes = likelyCauses(one.name, dependsOn, (name) => bad.has(name));
    const check =
      causes.length === 0
        ? ok('depends on', `${names.join(', ')}: nothing is wrong there`)
        : dependencyCheck(causes, bad.has(one.name));
    return { ...one, checks: [...one.checks, check] };
  });
}

function dependencyCheck(causes: readonly string[], isBad: boolean): Check {
  if (isBad) return failed('depends on', lookFirst(causes));
  const says = `${causes.join(', ')}, which it depends on: something is wrong there, and may reach it`;
  return warning('depends on', says, 'See what is said of it below its own name.');
}

function messagesOnly({ name }: PlanSystem): Looked {
  const check = notChecked('messages', 'it is spoken to by messages alone, and none is sent or awaited here');
  return { name, at: '-', isThere: false, checks: [check] };
}

interface Looked extends Checked {
  readonly isThere: boolean;
  readonly health?: HealthAnswer | undefined;
}

/** What can be seen without a credential: the connection, the certificate, its own word on its health. */
async function lookAt(
  system: PlanSystem,
  { warnDays, connectTimeoutMs }: Verifying,
  ports: VerifyPorts,
): Promise<Looked> {
  const { urls, problem } = serversOf(system, ports);
  if (problem !== undefined) {
    const fix = `Name its server in the environment: systems.${system.name}.server.`;
    return { name: system.name, at: '-', isThere: false, checks: [failed('server', problem, fix)] };
  }
  const ca = await authorityOf(system, ports);
  const checks = await Promise.all(
    urls.map(async (url) => {
      const connection = await ports.connecting.connect(url, {
        timeoutMs: connectTimeoutMs,
        ...(ca !== undefined && { ca }),
      });
      const found = connectionChecks(connection, { now: ports.clock.now(), warnDays, url });
      return urls.length === 1 ? found : found.map((check) => ({ ...check, name: `${check.name} ${shown(url)}` }));
    }),
  );
  const all = checks.flat();
  const isThere = all.every(({ verdict }) => verdict !== 'failed');
  const health = isThere && system.health ? await askHealth(system, { ...ports, protection: UNPROTECTED }) : undefined;
  const told = isThere ? [healthCheck(health)] : [];
  return { name: system.name, at: urls.map(shown).join(', '), isThere, checks: [...all, ...told], health };
}

function serversOf(
  system: PlanSystem,
  { environments }: VerifyPorts,
): { readonly urls: readonly string[]; readonly problem?: string } {
  const environment = environments.system(system.name);
  const bases = basesOf(environment);
  if (bases.length > 0) return { urls: bases };
  const draft = new RequestDraft();
  const operation = {
    key: 'verify',
    system: system.name,
    method: 'get',
    path: '/',
    parameters: [],
    responses: [],
    security: [],
  } as const;
  const url = urlOf(draft, { operation, system, environment });
  return url === undefined ? { urls: [], problem: draft.problems.join('; ') } : { urls: [url] };
}

/** Of a certificate that the environment gives with its own authority. */
async function authorityOf({ name }: PlanSystem, { environments, secrets }: VerifyPorts): Promise<string | undefined> {
  const credentials = Object.values(environments.system(name).auth ?? {});
  const ref = credentials.flatMap((one) => ('ca' in one && one.ca ? [one.ca] : []))[0];
  if (!ref) return undefined;
  try {
    return await secrets.resolve(ref);
  } catch {
    // Its call will say that it is missing.
    return undefined;
  }
}

function shown(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/s, '');
}

/** Nothing is held back from a question, and nobody is told. */
const UNPROTECTED: Protection = {
  admit: () => Promise.resolve({ ok: true, done: () => Promise.resolve() }),
  health: (servers) => Promise.resolve(servers.map(() => 1)),
};

function healthCheck(answer: HealthAnswer | undefined): Check {
  if (!answer)
    return notChecked('health', 'nothing says how to ask', 'Declare `x-interlock.health` on the source description.');
  const { state, why } = answer;
  if (state === 'well') return ok('health', why);
  const fix = state === 'unknown' ? 'It was not asked: check what the environment names.' : 'Ask who runs the system.';
  return failed('health', why, fix);
}

interface SystemResult extends CallResult {
  readonly system: string;
}

async function callAll(
  { workflows, named, key }: Verifying,
  reached: ReadonlySet<string>,
  ports: VerifyPorts,
): Promise<readonly SystemResult[]> {
  const results: SystemResult[] = [];
  const done = new Set<string>();
  for (const { plan, input } of workflows) {
    const known: Known = { plan, input, outputs: new Map(), key };
    for (const call of callsOf(plan)) {
      const operation = plan.operations[call.operation];
      if (!operation || !reached.has(operation.system)) continue;
      // Workflows of one document share reads.
      const name = `${operation.system} ${nameOf(operation, call)}`;
      if (done.has(name)) continue;
      done.add(name);
      const system = operation.system;
      if (call.effect === 'safe' || named.has(call.path))
        results.push({ system, ...(await verifiedCall(call, known, ports)) });
      else results.push({ system, check: uncalled(plan, call) });
    }
  }
  return results;
}

/** In the order of a run; a probe after its step, and undos in the order in which they would be made. */
function callsOf(plan: Plan): readonly PlanCall[] {
  const steps = stepsInOrder(plan);
  const probes = steps.flatMap(({ probe }) => plan.calls[probe?.call ?? ''] ?? []);
  const undos = steps.toReversed().flatMap(({ undo }) => (undo?.kind === 'calls' ? undo.calls : []));
  return [...steps, ...probes, ...undos.flatMap((path) => plan.calls[path] ?? [])];
}

function uncalled(plan: Plan, call: PlanCall): Check {
  const operation = plan.operations[call.operation];
  const name = operation ? nameOf(operation, call) : call.path;
  return notChecked(name, 'it changes something, and was not called', `Name it if it may be: --call '${call.path}'.`);
}

/** Of all its calls together: how are the clocks, what are the limits; then each call. */
function answeredChecks({ rateLimit }: PlanSystem, results: readonly SystemResult[]): readonly Check[] {
  const exchanged = results.flatMap((one) => one.exchanged ?? []);
  const clock = exchanged.flatMap((one) => clockCheck(one) ?? [])[0];
  const limits = exchanged.flatMap(({ response }) => limitCheck(response, rateLimit) ?? []).at(-1);
  return [...(clock ? [clock] : []), ...(limits ? [limits] : []), ...results.map(({ check }) => check)];
}

/** The worst that was said; where nothing was, what is known without a call. */
async function authenticationCheck(results: readonly SystemResult[], otherwise: () => Promise<Check>): Promise<Check> {
  const said = results.flatMap(({ authentication }) => authentication ?? []);
  return said.find(({ verdict }) => verdict === 'failed') ?? said[0] ?? (await otherwise());
}
