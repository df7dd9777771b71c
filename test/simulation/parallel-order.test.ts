/** The shipped example in virtual time: what runs side by side costs the time of the slowest, and nothing else. */
// Loaded before virtual time begins, which does not wait for a disk.
import 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileDescription } from '../../lib/compile/compile.ts';
import { Database } from '../../lib/embedded/database.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import type { Place } from '../../lib/embedded/places.ts';
import { RunHost } from '../../lib/embedded/run-host.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import { assert } from '../../lib/model/assert.ts';
import type { Json } from '../../lib/model/json.ts';
import type { RunEvent } from '../../lib/model/run.ts';
import type { Clock } from '../../lib/model/time.ts';
import type { Environments } from '../../lib/runtime/ports/environment.ts';
import type { Http } from '../../lib/runtime/ports/http.ts';
import { simulatedPlace } from '../../lib/embedded/prepare-run.ts';

const FOLDER = 'state-machines/order-fulfilment';
const ANSWER_MS = 200;

describe('the order example with answers after 200 ms', () => {
  it('takes exactly 1,000 ms, with its three calls in flight at one instant', async () => {
    const order = await example();
    const { flights, events } = order;
    const run = await orderPlaced(order);
    expect(run.status).toBe('succeeded');
    expect(Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt)).toBe(5 * ANSWER_MS);
    expect(flights.most).toBe(3);
    const began = (step: string): string | undefined =>
      events.find((event) => event.type === 'step-started' && event.step === step)?.at;
    expect(new Set(['authorise-payment', 'check-fraud', 'quote-shipping'].map(began)).size).toBe(1);
  });

  it('ends each of its seven steps once', async () => {
    const order = await example();
    const { events } = order;
    await orderPlaced(order);
    expect(
      events.filter(({ type }) => type === 'step-ended').map((event) => ('step' in event ? event.step : '')),
    ).toHaveLength(7);
  });
});

async function example() {
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files: folderFiles({ root: FOLDER }) });
  const [workflow] = compiled.workflows;
  assert(workflow && compiled.description, 'the example compiles');
  const database = new Database(':memory:', SCHEMA);
  const clock = new VirtualClock({ start: Date.UTC(2026, 0, 1), idle: () => quiet(database) });
  const place = withReadyTokens(simulatedPlace(compiled.description, workflow.plan));
  const flights = { now: 0, most: 0 };
  const events: RunEvent[] = [];
  const host = new RunHost({ database, clock, random: new RandomSource(1), placeOf: () => Promise.resolve(place) });
  host.onEvent((event) => events.push(event));
  const input: Json = JSON.parse(readFileSync(`${FOLDER}/input.example.json`, 'utf8'));
  const request = {
    workflow,
    input,
    actor: 'test',
    runId: 'r-1',
    place: { ...place, http: delayed(place.http, clock, flights) },
    kept: null,
  };
  return { clock, events, flights, host: { host, request } };
}

/** Started before time may pass: the first start loads modules, which virtual time does not see. */
async function orderPlaced({ clock, host }: Awaited<ReturnType<typeof example>>) {
  await host.host.start(host.request);
  return await clock.runUntil(host.host.ended('r-1'));
}

/** Everything runnable has run when a turn of the event loop passes without a commit to come. */
async function quiet(database: Database): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (database.busy);
}

/** A token that is at hand: fetching one goes through web streams, which take turns that virtual time does not see. */
function withReadyTokens(place: Place): Place {
  const environments: Environments = {
    system(name) {
      const { auth, ...rest } = place.environments.system(name);
      const ready = Object.entries(auth ?? {}).map(
        ([scheme, one]) => [scheme, 'clientId' in one ? { env: 'TOKEN' } : one] as const,
      );
      return { ...rest, auth: Object.fromEntries(ready) };
    },
  };
  return { ...place, environments };
}

/** Operations answer after 200 ms of virtual time. */
function delayed(http: Http, clock: Clock, flights: { now: number; most: number }): Http {
  return {
    async send(request, limits) {
      flights.now += 1;
      flights.most = Math.max(flights.most, flights.now);
      await new Promise<void>((resolve) => void clock.after(ANSWER_MS, resolve));
      flights.now -= 1;
      return await http.send(request, limits);
    },
  };
}
