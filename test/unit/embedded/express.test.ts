/**
 * An express workflow on one machine, over a real data file in virtual time: it hands its run over to its undo machine as on
 * AWS, once, and a process that goes on after another one's death finds who settles it.
 */
// Loaded before virtual time begins, which does not wait for a disk.
import 'ajv/dist/2020.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileDescription, type CompiledWorkflow } from '../../../lib/compile/compile.ts';
import { Database } from '../../../lib/embedded/database.ts';
import { folderFiles } from '../../../lib/embedded/file-source.ts';
import type { Place } from '../../../lib/embedded/places.ts';
import { simulatedPlace } from '../../../lib/embedded/prepare-run.ts';
import { RunHost } from '../../../lib/embedded/run-host.ts';
import { SCHEMA } from '../../../lib/embedded/schema.ts';
import { RandomSource } from '../../../lib/engine/random-source.ts';
import { VirtualClock } from '../../../lib/engine/virtual-clock.ts';
import { assert } from '../../../lib/model/assert.ts';
import { cancel } from '../../../lib/runtime/operator/cancel.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../../lib/runtime/ports/http.ts';
import { withReadyTokens } from '../../support/order-in-virtual-time.ts';
import { answered } from '../../support/scripted-http.ts';
import { ROOT } from '../../support/source-tree.ts';

const FOLDER = join(ROOT, 'test', 'aws-path', 'express');
const INPUT = { orderId: 'o-1', sku: 'CHR-1001', card: 'tok_visa_4242' };
const RUN = 'hold-1';

type Instead = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer> | undefined;

interface Machine {
  readonly host: RunHost;
  readonly clock: VirtualClock;
  readonly workflow: CompiledWorkflow;
  readonly place: Place;
  /** Executions as the data file has them. */
  readonly executions: () => readonly string[];
}

let folder: string;
const requests: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-express-'));
  requests.length = 0;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function machine(instead: Instead = () => undefined, start = Date.UTC(2026, 0, 1)): Promise<Machine> {
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files: folderFiles({ root: FOLDER }) });
  const [workflow] = compiled.workflows;
  assert(workflow && compiled.description, 'the example compiles');
  const database = new Database(join(folder, 'interlock.db'), SCHEMA);
  const clock = new VirtualClock({ start, idle: () => quiet(database) });
  const simulated = withReadyTokens(simulatedPlace(compiled.description, workflow.plan));
  const http: Http = {
    send: async (request, limits) => {
      requests.push(`${request.method} ${new URL(request.url).pathname}`);
      return await (instead(request) ?? simulated.http.send(request, limits));
    },
  };
  const place = { ...simulated, http };
  const host = new RunHost({ database, clock, random: new RandomSource(1), placeOf: () => Promise.resolve(place) });
  const executions = (): readonly string[] =>
    database
      .all('SELECT execution_id, status FROM executions ORDER BY key')
      .map((row) => `${String(row['execution_id']).split(':').at(-1)} ${String(row['status'])}`);
  return { host, clock, workflow, place, executions };
}

async function quiet(database: Database): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (database.busy);
}

async function started({ host, workflow, place }: Machine): Promise<void> {
  await host.start({ workflow, place, kept: null, input: INPUT, actor: 'test', runId: RUN });
}

const declines: Instead = ({ url }) => (url.endsWith('/authorisations') ? answered(402) : undefined);

describe('an express run on one machine', () => {
  it('succeeds in its own execution alone', async () => {
    const one = await machine();
    await started(one);
    expect(await one.clock.runUntil(one.host.ended(RUN))).toMatchObject({ status: 'succeeded' });
    expect(one.executions()).toEqual([`${RUN}-1 SUCCEEDED`]);
    one.host.close();
  });

  it('is handed over where it fails, once, and is over when its undo machine is', async () => {
    const one = await machine(declines);
    await started(one);
    expect(await one.clock.runUntil(one.host.ended(RUN))).toMatchObject({ status: 'compensated' });
    expect(one.executions()).toEqual([`${RUN}-1 FAILED`, `${RUN}-1-undo-0 FAILED`]);
    expect(requests.filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
    one.host.close();
  });

  it('is cancelled as on AWS: nothing is stopped, and its undo machine begins at once', async () => {
    let answer: (given: HttpAnswer) => void = () => undefined;
    const slow: Instead = ({ url }) =>
      url.endsWith('/items/CHR-1001') ? new Promise<HttpAnswer>((resolve) => void (answer = resolve)) : undefined;
    const one = await machine(slow);
    await started(one);
    await one.clock.runUntil(new Promise<void>((resolve) => void one.clock.after(50, resolve)));
    expect(await cancel({ run: RUN, actor: 'ann' }, one.host.operatorPorts())).toEqual({ kind: 'cancelled' });
    answer(answered(200, { available: 1 }));
    expect(await one.clock.runUntil(one.host.ended(RUN))).toMatchObject({ status: 'failed' });
    expect(one.executions()).toEqual([`${RUN}-1 FAILED`, `${RUN}-1-undo-0 FAILED`]);
    expect(requests).toEqual(['GET /items/CHR-1001']);
    one.host.close();
  });

  it('goes on in the next process with the undo machine that it was handed over to', async () => {
    const hangs: Instead = (request) => {
      if (request.method === 'DELETE') return new Promise<HttpAnswer>(() => undefined);
      return declines(request);
    };
    const first = await machine(hangs);
    await started(first);
    await first.clock.runUntil(new Promise<void>((resolve) => void first.clock.after(1_000, resolve)));
    expect(first.executions()).toEqual([`${RUN}-1 FAILED`, `${RUN}-1-undo-0 RUNNING`]);
    const { clock } = first;
    first.host.close();
    const second = await machine(declines, clock.now() + 60_000);
    expect(await second.clock.runUntil(second.host.recover())).toEqual({ resumed: [RUN], left: [] });
    expect(await second.clock.runUntil(second.host.ended(RUN))).toMatchObject({ status: 'compensated' });
    expect(second.executions()).toEqual([`${RUN}-1 FAILED`, `${RUN}-1-undo-0 FAILED`]);
    second.host.close();
  });
});
