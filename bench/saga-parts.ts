/**
 * What a run is made of, without a counter in the product: how often functions are called, by the coverage that V8 counts,
 * and where the processor's time goes, by its sampling profile. Both slow what they watch. A sample of Node's own code
 * belongs to the nearest of our files that called it; one that nobody of ours called belongs to Node.
 */
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

export interface Watched<T> {
  readonly value: T;
  /** Totals by name. */
  readonly parts: { readonly [what: string]: number };
}

/** Calls of these functions, each as `file#function`. */
const COUNTED: readonly (readonly [string, string])[] = [
  ['steps of the engine', 'lib/engine/step.ts#step'],
  ['JSONata, fast path', 'lib/engine/query/expression.ts#evaluateFast'],
  ['JSONata, evaluator', 'lib/engine/query/expression.ts#evaluateSlowly'],
  ['Arazzo values', 'lib/expressions/evaluate.ts#evaluate'],
  ['criteria', 'lib/expressions/criterion.ts#evaluateCriteria'],
  ['digests', 'lib/runtime/digest.ts#digestOfBytes'],
  ['hashes', 'lib/runtime/digest.ts#sha256'],
  ['statements', 'lib/embedded/database.ts#attempted'],
];

export async function counted<T>(work: () => Promise<T>): Promise<Watched<T>> {
  return await inspected(async (session) => {
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const value = await work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    await session.post('Profiler.stopPreciseCoverage');
    const calls = new Map<string, number>();
    for (const { url, functions } of result) {
      for (const { functionName, ranges } of functions) {
        const name = `${fileOf(url)}#${functionName}`;
        calls.set(name, (calls.get(name) ?? 0) + (ranges[0]?.count ?? 0));
      }
    }
    return { value, parts: Object.fromEntries(COUNTED.map(([what, name]) => [what, calls.get(name) ?? 0])) };
  });
}

/** The first that a file's path begins with. */
const PARTS: readonly (readonly [string, string])[] = [
  ['bench/', 'the bench itself'],
  ['lib/engine/', 'engine'],
  ['lib/expressions/', 'Arazzo expressions'],
  ['lib/runtime/request/', 'requests and answers'],
  ['lib/runtime/', 'handlers'],
  ['lib/embedded/node-http.ts', 'HTTP'],
  ['lib/embedded/engine-log.ts', 'engine log'],
  ['lib/embedded/logged-turn.ts', 'engine log'],
  ['lib/embedded/database.ts', 'SQLite'],
  ['lib/embedded/group-commit.ts', 'SQLite'],
  ['lib/embedded/journal', 'journal'],
  ['lib/embedded/settling-journal.ts', 'journal'],
  ['lib/embedded/', 'host'],
  ['lib/', 'everything else of ours'],
];

const SAMPLE_MICROSECONDS = 200;

export async function profiled<T>(work: () => Promise<T>): Promise<Watched<T>> {
  return await inspected(async (session) => {
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS });
    await session.post('Profiler.start');
    const before = process.cpuUsage();
    const value = await work();
    const { user, system } = process.cpuUsage(before);
    const { profile } = await session.post('Profiler.stop');
    return { value, parts: shares(timesOf(profile), user + system) };
  });
}

/** Samples are taken by the clock on the wall: what they say of the processor's time is how it was divided. */
function shares(times: ReadonlyMap<string, number>, cpu: number): Watched<unknown>['parts'] {
  const all = [...times.values()].reduce((sum, one) => sum + one, 0);
  const largest = [...times].sort((one, other) => other[1] - one[1]);
  return Object.fromEntries(largest.map(([part, time]) => [part, (time / all) * cpu]));
}

/** Microseconds by part. */
function timesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ReadonlyMap<string, number> {
  const partOf = partsOf(nodes);
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const part = partOf.get(id) ?? 'Node';
    if (part !== IDLE) times.set(part, (times.get(part) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

const IDLE = '(idle)';

/** From the root down: whatever is nobody's is its caller's. */
function partsOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<number, string>();
  const pending: [Profiler.ProfileNode | undefined, string][] = [[nodes[0], 'Node']];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, outer] = next;
    if (node === undefined) continue;
    const part = ownPart(node) ?? outer;
    parts.set(node.id, part);
    for (const child of node.children ?? []) pending.push([byId.get(child), part]);
  }
  return parts;
}

function ownPart({ callFrame: { functionName, url } }: Profiler.ProfileNode): string | undefined {
  if (functionName === '(garbage collector)') return 'garbage collector';
  if (functionName === IDLE) return IDLE;
  if (url.includes('/undici') || url === 'node:_http_client' || url === 'node:http') return 'HTTP';
  const file = fileOf(url);
  if (file.includes('node_modules/jsonata')) return 'JSONata evaluator';
  return PARTS.find(([beginning]) => file.startsWith(beginning))?.[1];
}

const ROOT = new URL('../', import.meta.url).href;

/** Below the checkout, as one writes it. */
function fileOf(url: string): string {
  return url.startsWith(ROOT) ? url.slice(ROOT.length) : url;
}

async function inspected<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    return await work(session);
  } finally {
    session.disconnect();
  }
}
