/**
 * Nothing sensitive is told (contracts: sensitive values): a secret in every place that there is, systems that say it all
 * back, and every artefact of a run searched for it, the bytes of the data file included. The secrets do reach the systems
 * and the blob store: where they did not, finding nothing would prove nothing.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compileDescription, type CompiledWorkflow } from '../../lib/compile/compile.ts';
import { SqliteBlobs } from '../../lib/embedded/blobs.ts';
import { Database } from '../../lib/embedded/database.ts';
import { RunHost } from '../../lib/embedded/run-host.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import type { Engine } from '../../lib/engine/driver.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import { assert } from '../../lib/model/assert.ts';
import type { RunEvent, RunView } from '../../lib/model/run.ts';
import type { Blobs } from '../../lib/runtime/ports/blobs.ts';
import { explicitPlace } from '../support/canary-place.ts';
import { allSecrets, CanarySystems, FILES, found, INPUT, NEVER_SENT, PUBLIC } from '../support/canaries.ts';
import { memoryFiles } from '../support/memory-files.ts';

interface Sung {
  readonly folder: string;
  readonly host: RunHost;
  readonly clock: VirtualClock;
  readonly systems: CanarySystems;
  readonly workflow: CompiledWorkflow;
  readonly events: readonly RunEvent[];
  readonly view: RunView;
}

const folders: string[] = [];
const closing: { close(): void }[] = [];

afterEach(() => {
  for (const one of closing.splice(0)) one.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function compiled(): Promise<CompiledWorkflow> {
  const { workflows, diagnostics } = await compileDescription({
    entry: 'workflow.arazzo.yaml',
    files: memoryFiles(FILES),
  });
  const [workflow] = workflows;
  assert(workflow, `the description compiles: ${JSON.stringify(diagnostics)}`);
  return workflow;
}

async function sing(refusing: boolean): Promise<Sung> {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-canaries-'));
  folders.push(folder);
  const workflow = await compiled();
  const systems = new CanarySystems(refusing);
  const database = new Database(join(folder, 'interlock.db'), SCHEMA);
  const clock = new VirtualClock({ start: Date.UTC(2026, 0, 1), idle: () => quiet(database) });
  const place = explicitPlace(systems);
  const blobs = SqliteBlobs.in(join(folder, 'blobs.db'));
  const host = new RunHost({
    database,
    blobs: held(blobs, clock),
    clock,
    random: new RandomSource(1),
    placeOf: () => Promise.resolve(place),
  });
  closing.push(host, blobs);
  const events: RunEvent[] = [];
  host.onEvent((event) => events.push(event));
  await host.start({ workflow, input: INPUT, actor: 'ann', runId: 'r-1', place, kept: null });
  const view = await clock.runUntil(host.ended('r-1'));
  return { folder, host, clock, systems, workflow, events, view };
}

/** Everything has run, the web streams of a token request included, when many turns pass without a commit to come. */
async function quiet(database: Database): Promise<void> {
  do for (let turn = 0; turn < 25; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  while (database.busy);
}

/** A disk takes real time: virtual time stands still for it. */
function held(blobs: SqliteBlobs, clock: VirtualClock): Blobs {
  return new Proxy(blobs, {
    get(target, name: keyof SqliteBlobs) {
      const method: unknown = target[name];
      if (typeof method !== 'function') return method;
      return (...values: unknown[]): unknown => {
        const release = clock.hold();
        return (method.apply(target, values) as Promise<unknown>).finally(release);
      };
    },
  });
}

async function historyOf({ host }: Sung): Promise<string> {
  // The host shows no history; the search wants to see what the engine would tell.
  const { engine } = host as unknown as { readonly engine: Engine };
  const executions = await engine.list({});
  expect(executions.length).toBeGreaterThan(0);
  const histories = await Promise.all(executions.map(async ({ executionId }) => await engine.history(executionId)));
  return JSON.stringify(histories);
}

/** A data file and its log as they are on the disk while the process that owns them is alive. */
function bytesOf(folder: string, name: string): Uint8Array {
  const files = [name, `${name}-wal`].map((one) => join(folder, one));
  return Buffer.concat(files.filter((file) => existsSync(file)).map((file) => readFileSync(file)));
}

async function artefacts(sung: Sung): Promise<{ readonly [name: string]: string | Uint8Array }> {
  const { host, workflow, events, view, folder } = sung;
  return {
    machine: JSON.stringify([workflow.machine, workflow.undoMachine]),
    plan: JSON.stringify(workflow.plan),
    'run view': JSON.stringify([view, await host.view('r-1')]),
    events: JSON.stringify(events),
    'dead letters': JSON.stringify(host.letters.letters({ limit: 10 })),
    'audit trail': JSON.stringify(await host.audits('r-1')),
    'list of runs': JSON.stringify(await host.list({ limit: 10 })),
    history: await historyOf(sung),
    'data file and log': bytesOf(folder, 'interlock.db'),
  };
}

async function told(sung: Sung): Promise<{ readonly [name: string]: readonly string[] }> {
  const all = Object.entries(await artefacts(sung));
  return Object.fromEntries(
    all.map(([name, text]) => [name, found(text)] as const).filter(([, names]) => names.length > 0),
  );
}

describe('a run that fails, with systems that say everything back', () => {
  it('tells no secret in any artefact, and its dead letter names what stands', async () => {
    const sung = await sing(true);
    expect(sung.view.status).toBe('needs-attention');
    expect(sung.host.letters.letters({ limit: 10 })).toHaveLength(1);
    expect(await told(sung)).toEqual({});
  });

  it('has sent all secrets where they belong, and keeps the sensitive values in the blob store alone', async () => {
    const { systems, folder } = await sing(true);
    expect(systems.unheard(allSecrets())).toEqual(NEVER_SENT);
    expect(found(bytesOf(folder, 'blobs.db')).length).toBeGreaterThanOrEqual(6);
  });

  it('keeps its history below 256 KiB, though two steps were handed a megabyte', async () => {
    const sung = await sing(true);
    const megabytes = sung.systems.heard.filter((one) => one.length > PUBLIC.filler.length);
    expect(megabytes).toHaveLength(2);
    expect((await historyOf(sung)).length).toBeLessThan(256 * 1_024);
  });
});

describe('a run that goes well', () => {
  it('shows sensitive outputs as marks and large ones as they are', async () => {
    const sung = await sing(false);
    const mark = { sensitive: true, digest: expect.stringMatching(/^[0-9a-f]{64}$/) };
    const { order, filler } = PUBLIC;
    expect(sung.view).toMatchObject({
      status: 'succeeded',
      outputs: { order, filler, token: mark, named: mark, account: mark },
    });
    expect(await told(sung)).toEqual({});
  });

  it('reveals them to who asks, and writes down who did', async () => {
    const { host } = await sing(false);
    const outputs = await host.reveal('r-1', 'bob');
    expect(found(JSON.stringify(outputs))).toHaveLength(3);
    expect(outputs).toMatchObject({ order: PUBLIC.order, account: INPUT['account'] });
    expect(await host.audits('r-1')).toMatchObject([{ actor: 'bob', action: 'revealed' }]);
  });
});

describe('the search itself', () => {
  it('finds each secret in clear, percent-encoded, in JSON, and in base64 behind any text', () => {
    for (const one of allSecrets()) {
      for (const text of [one, encodeURIComponent(one), JSON.stringify({ one })]) expect(found(text)).toEqual([one]);
      for (const before of ['', 'a', 'ab', 'vault-user:']) {
        expect(found(Buffer.from(`${before}${one}`).toString('base64'))).toEqual([one]);
      }
      expect(found(Buffer.from(`..${one}..`))).toEqual([one]);
    }
    expect(found('nothing here')).toEqual([]);
  });
});
