/**
 * A description out of a text, run in virtual time with the real compiler, machine and handlers, against a shop that answers
 * as the test says: for tests that say what a point of the standard comes to for whoever wrote the description.
 */
import { compileDescription, failing } from '../../lib/compile/compile.ts';
import { assert } from '../../lib/model/assert.ts';
import { isObject, type Json, own } from '../../lib/model/json.ts';
import { inPlace } from '../../lib/model/kept.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import { Rehearsal } from '../../lib/rehearse/rehearsal.ts';
import { rehearsedPorts } from '../../lib/rehearse/rehearsed-ports.ts';
import type { RehearsedSystems } from '../../lib/rehearse/systems.ts';
import { weatherWith } from '../../lib/rehearse/weather.ts';
import { loadValidator } from '../../lib/runtime/contract/validate.ts';
import { languagesFor } from '../../lib/runtime/passage.ts';
import { xmlWriterFor } from '../../lib/runtime/request/xml.ts';
import type { HttpRequest, HttpResponse } from '../../lib/runtime/ports/http.ts';
import { simulatedEnvironments } from '../../lib/simulate/simulated-environment.ts';
import { memoryFiles } from './memory-files.ts';

/** Four operations that read, one that writes; each takes whatever it is given and may answer anything. */
export const PLAIN_SHOP: string = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
servers: [{ url: https://shop.example.com }]
paths:
${['a', 'b', 'c', 'd']
  .map(
    (name) => `  /${name}:
    get:
      operationId: ${name}
      parameters:
        - { name: q, in: query, schema: {} }
        - { name: r, in: query, schema: {} }
        - { name: X-H, in: header, schema: { type: string } }
      responses: { default: { description: Anything. } }`,
  )
  .join('\n')}
  /w:
    post:
      operationId: w
      requestBody:
        content:
          application/json: { schema: {} }
          application/xml: { schema: {} }
      responses: { default: { description: Anything. } }
`;

export interface SaidByShop {
  readonly status?: number;
  readonly body?: Json;
  readonly headers?: { readonly [name: string]: string };
}

export interface PlayedAsked {
  /** What stands under `workflows:`; `main` is run. */
  readonly workflows: string;
  /** Lines of the root beside them. */
  readonly root?: string;
  readonly version?: string;
  /** Other files, and sources by `name: file`. */
  readonly files?: { readonly [name: string]: string };
  readonly sources?: { readonly [name: string]: string };
  readonly input?: Json;
  /** By operation: what it answers, one call after another; the last one again and again. */
  readonly says?: { readonly [operation: string]: readonly SaidByShop[] };
  /** Faults of the network, as a rehearsal calls them. */
  readonly faults?: readonly string[];
}

export interface PlayedRun {
  readonly phase: string;
  readonly error?: string;
  readonly outputs: { readonly [name: string]: Json } | undefined;
  /** `GET /a?q=1`, and behind it the body where there is one. */
  readonly sent: readonly string[];
  /** Virtual milliseconds from the first request to each. */
  readonly at: readonly number[];
  readonly notes: readonly string[];
  /** Dead letters. */
  readonly letters: readonly Json[];
  /** Requests, those that never came to the shop too, and how long the run took. */
  readonly tried: number;
  readonly tookMs: number;
  /** Codes of warnings and remarks. */
  readonly told: readonly string[];
}

export async function playedRun(asked: PlayedAsked): Promise<PlayedRun> {
  const { files = {}, sources = {}, root = '', version = '1.1.0', input = {} } = asked;
  const named = Object.entries({ shop: 'shop.yaml', ...sources });
  const text = [
    `arazzo: ${version}`,
    'info: { title: Played, version: 1.0.0 }',
    'sourceDescriptions:',
    ...named.map(([name, file]) => `  - { name: ${name}, url: ./${file} }`),
    ...(root === '' ? [] : [root]),
    'workflows:',
    asked.workflows,
  ].join('\n');
  const compiled = await compileDescription({
    entry: 'flow.yaml',
    files: memoryFiles({ 'flow.yaml': text, 'shop.yaml': PLAIN_SHOP, ...files }),
    workflowId: 'main',
  });
  const [workflow] = compiled.workflows;
  const told = compiled.diagnostics.map(({ code, headline }) => `${code} ${headline}`);
  assert(!failing(compiled.diagnostics) && workflow, `the test's workflow compiles: ${told.join('; ')}`);
  // In virtual time nobody waits for a module to be read.
  const { plan } = workflow;
  await Promise.all([loadValidator(), languagesFor(plan)]);
  for (const step of [...Object.values(plan.steps), ...Object.values(plan.calls)]) {
    const operation = plan.operations[step.operation];
    if (operation) await xmlWriterFor(step, operation);
  }
  const shop = new Shop(asked.says ?? {});
  const rehearsal = new Rehearsal({
    seed: 0,
    ...(asked.faults ? { faults: asked.faults } : { weather: weatherWith({}) }),
    workflow,
    input,
    beside: rehearsedPorts(simulatedEnvironments(workflow.plan)),
    idle,
    systems: (now) => shop.at(now),
    journal: new MemoryJournal(),
  });
  await rehearsal.run();
  const { record, bugs, log, restless, sent, letters } = await rehearsal.evidence();
  assert(bugs.length === 0 && !restless, `no handler fails, and the run comes to rest: ${bugs[0]?.stack}`);
  const { phase, error, outputs, startedAt, endedAt = startedAt } = record.header;
  return {
    phase,
    ...(error && { error: error.error }),
    outputs: outputs && inPlace(outputs),
    sent: shop.sent,
    at: shop.times.map((time) => time - (shop.times[0] ?? 0)),
    letters,
    tried: sent.length,
    tookMs: endedAt - startedAt,
    notes: log.map(({ message }) => message),
    told: told.map((one) => one.slice(0, 6)),
  };
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

class Shop implements RehearsedSystems {
  readonly sent: string[] = [];
  readonly times: number[] = [];
  private readonly says: NonNullable<PlayedAsked['says']>;
  private readonly calls = new Map<string, number>();
  private now: () => number = () => 0;

  constructor(says: NonNullable<PlayedAsked['says']>) {
    this.says = says;
  }

  at(now: () => number): this {
    this.now = now;
    return this;
  }

  operationOf({ url }: HttpRequest): string {
    return `shop.${nameOf(url)}`;
  }

  land({ method, url, body }: HttpRequest): HttpResponse {
    const name = nameOf(url);
    const { pathname, search } = new URL(url);
    const text = body === undefined ? '' : ` ${new TextDecoder().decode(body)}`;
    this.sent.push(`${method} ${pathname}${decodeURIComponent(search)}${text}`);
    this.times.push(this.now());
    const count = this.calls.get(name) ?? 0;
    this.calls.set(name, count + 1);
    const said = own(this.says, name) ?? [];
    return answered(url, said[Math.min(count, said.length - 1)] ?? {});
  }

  effects(): readonly [] {
    return [];
  }

  astray(): readonly [] {
    return [];
  }

  takeBack(): void {
    throw new Error('nobody undoes anything here');
  }
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

function answered(url: string, { status = 200, body, headers = {} }: SaidByShop): HttpResponse {
  const isText = typeof body === 'string' && own(headers, 'content-type') !== undefined;
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body);
  const all = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers };
  return { kind: 'response', status, headers: Object.entries(all), body: new TextEncoder().encode(text), url };
}

/** What the last member of a path holds, for short expectations. */
export function valueIn(run: PlayedRun, name: string): Json | undefined {
  return run.outputs && isObject(run.outputs) ? own(run.outputs, name) : undefined;
}
