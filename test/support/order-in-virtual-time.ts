/** The shipped example on a real host in virtual time: simulated systems that answer after so many milliseconds. */
// Loaded before virtual time begins, which does not wait for a disk.
import 'ajv/dist/2020.js';
import 're2js';
import { readFileSync } from 'node:fs';
import { compileDescription, type CompiledWorkflow } from '../../lib/compile/compile.ts';
import { Database } from '../../lib/embedded/database.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import type { Place } from '../../lib/embedded/places.ts';
import { simulatedPlace } from '../../lib/embedded/prepare-run.ts';
import { RunHost, type RunRequest } from '../../lib/embedded/run-host.ts';
import { SCHEMA } from '../../lib/embedded/schema.ts';
import { RandomSource } from '../../lib/engine/random-source.ts';
import { VirtualClock } from '../../lib/engine/virtual-clock.ts';
import { assert } from '../../lib/model/assert.ts';
import type { Json } from '../../lib/model/json.ts';
import type { RunEvent, RunView } from '../../lib/model/run.ts';
import type { Clock } from '../../lib/model/time.ts';
import type { Environments } from '../../lib/runtime/ports/environment.ts';
import type { Http, HttpAnswer, HttpRequest } from '../../lib/runtime/ports/http.ts';

const FOLDER = 'state-machines/order-fulfilment';

export interface Flights {
  now: number;
  most: number;
}

export interface Order {
  readonly clock: VirtualClock;
  readonly events: readonly RunEvent[];
  /** Requests under way. */
  readonly flights: Flights;
  readonly workflow: CompiledWorkflow;
  readonly host: RunHost;
  readonly request: RunRequest;
}

export const ORDER_RUN = 'r-1';

/** `instead` answers in place of a simulated system, where it answers at all. */
export async function orderExample(
  answerMs: number,
  instead: (request: HttpRequest) => HttpAnswer | undefined = () => undefined,
): Promise<Order> {
  const compiled = await compileDescription({ entry: 'workflow.arazzo.yaml', files: folderFiles({ root: FOLDER }) });
  const [workflow] = compiled.workflows;
  assert(workflow && compiled.description, 'the example compiles');
  const database = new Database(':memory:', SCHEMA);
  const clock = new VirtualClock({ start: Date.UTC(2026, 0, 1), idle: () => quiet(database) });
  const place = withReadyTokens(simulatedPlace(compiled.description, workflow.plan));
  const flights: Flights = { now: 0, most: 0 };
  const events: RunEvent[] = [];
  const host = new RunHost({ database, clock, random: new RandomSource(1), placeOf: () => Promise.resolve(place) });
  host.onEvent((event) => events.push(event));
  // The file holds JSON.
  const input = JSON.parse(readFileSync(`${FOLDER}/input.example.json`, 'utf8')) as Json;
  const http = delayed(place.http, { clock, flights, answerMs, instead });
  const request = { workflow, input, actor: 'test', runId: ORDER_RUN, place: { ...place, http }, kept: null };
  return { clock, events, flights, workflow, host, request };
}

/** Started before time may pass: the first start loads modules, which virtual time does not see. */
export async function orderPlaced({ clock, host, request }: Order): Promise<RunView> {
  await host.start(request);
  return await clock.runUntil(host.ended(ORDER_RUN));
}

/** Everything runnable has run when a turn of the event loop passes without a commit to come. */
async function quiet(database: Database): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (database.busy);
}

/** A token that is at hand: fetching one goes through web streams, which take turns that virtual time does not see. */
export function withReadyTokens(place: Place): Place {
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

interface Delay {
  readonly clock: Clock;
  readonly flights: Flights;
  readonly answerMs: number;
  readonly instead: (request: HttpRequest) => HttpAnswer | undefined;
}

function delayed(http: Http, { clock, flights, answerMs, instead }: Delay): Http {
  return {
    async send(request, limits) {
      flights.now += 1;
      flights.most = Math.max(flights.most, flights.now);
      await new Promise<void>((resolve) => void clock.after(answerMs, resolve));
      flights.now -= 1;
      return instead(request) ?? (await http.send(request, limits));
    },
  };
}
