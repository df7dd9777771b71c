/**
 * A process of its own over the emulator's table, for the tests of what processes share: it does what its argument says,
 * in real time, says when it has begun, and prints what happened as its last line, in JSON. Run by
 * test/live/shared-processes.test.ts.
 */
import { DynamoBreakers } from '../../lib/aws/breakers.ts';
import { DynamoPermits, DynamoRates } from '../../lib/aws/limits.ts';
import { DynamoLocks } from '../../lib/aws/locks.ts';
import { dynamoClient } from '../../lib/aws/run-table.ts';
import { SharedTable } from '../../lib/aws/shared-table.ts';
import { realClock, realRandom } from '../../lib/embedded/real-clock.ts';
import type { Pace } from '../../lib/runtime/ports/limits.ts';
import type { Callee } from '../../lib/runtime/ports/protection.ts';
import { Protector } from '../../lib/runtime/protect/protector.ts';

export type Work =
  /** Calls so many times, or until it is refused so often; the answers and their times. */
  | {
      readonly kind: 'call';
      readonly callee: Callee;
      readonly times: number;
      readonly refusals: number;
      readonly takesMs: number;
    }
  /** Takes so many tokens as fast as it can. */
  | { readonly kind: 'take'; readonly key: string; readonly times: number; readonly pace: Pace }
  /** Lets so many calls fail, one after the other. */
  | { readonly kind: 'fail'; readonly callee: Callee; readonly times: number }
  /** Each of these runs gets the lock once and has it for a moment. */
  | { readonly kind: 'contend'; readonly key: string; readonly runs: readonly string[]; readonly holdMs: number };

export interface Happened {
  /** Asked at `from`, let through or not; over at `to`. */
  readonly calls?: readonly {
    readonly from: number;
    readonly begun: number;
    readonly to: number;
    readonly ok: boolean;
  }[];
  readonly endedAt?: number;
  /** When the tokens were for. */
  readonly tokens?: readonly number[];
  readonly held?: readonly {
    readonly run: string;
    readonly token: number;
    readonly from: number;
    readonly to: number;
  }[];
  /** What went wrong with the store. */
  readonly log: readonly string[];
}

const log: string[] = [];

async function work(table: SharedTable, todo: Work): Promise<Happened> {
  if (todo.kind === 'contend') return await contend(new DynamoLocks(table, ''), todo);
  if (todo.kind === 'take') return await take(new DynamoRates(table), todo);
  const protector = new Protector({
    breakers: new DynamoBreakers(table),
    rates: new DynamoRates(table),
    permits: new DynamoPermits(table),
    clock: realClock,
    random: realRandom,
    telemetry: { log: ({ message }) => void log.push(message) },
  });
  return todo.kind === 'fail' ? await fail(protector, todo) : await call(protector, todo);
}

async function call(protector: Protector, todo: Extract<Work, { kind: 'call' }>): Promise<Happened> {
  const { callee, times, refusals, takesMs } = todo;
  const calls = [];
  for (let refused = 0; calls.length < times && refused < refusals; ) {
    const from = Date.now();
    const admission = await protector.admit(askingOf(callee));
    const begun = Date.now();
    await pause(takesMs);
    const to = Date.now();
    if (admission.ok) await admission.done({ kind: 'answered', ms: takesMs });
    else refused += 1;
    calls.push({ from, begun, to, ok: admission.ok });
    if (calls.length === 1) process.stdout.write('begun\n');
  }
  return { calls, log };
}

async function take(rates: DynamoRates, { key, times, pace }: Extract<Work, { kind: 'take' }>): Promise<Happened> {
  const tokens: number[] = [];
  for (let taken = 0; taken < times; taken += 1) {
    const at = Date.now();
    const answer = await rates.take(key, { at, latest: at + 300, pace });
    if (answer.granted) tokens.push(answer.at);
  }
  return { tokens, log };
}

async function fail(protector: Protector, { callee, times }: Extract<Work, { kind: 'fail' }>): Promise<Happened> {
  for (let made = 0; made < times; made += 1) {
    const admission = await protector.admit(askingOf(callee));
    if (admission.ok) await admission.done({ kind: 'failed', ms: 1 });
  }
  return { endedAt: Date.now(), log };
}

function askingOf(callee: Callee): Parameters<Protector['admit']>[0] {
  return { callee, name: callee.system, latest: Date.now() + 300, timeoutMs: 1_000, run: 'run', step: 'pay' };
}

async function contend(
  locks: DynamoLocks,
  { key, runs, holdMs }: Extract<Work, { kind: 'contend' }>,
): Promise<Happened> {
  const held = await Promise.all(
    runs.map(async (run) => {
      for (;;) {
        const answer = await locks.acquire({ key, run, epoch: 1, at: Date.now() });
        if (answer.kind === 'granted') {
          const from = Date.now();
          await pause(holdMs);
          const to = Date.now();
          await locks.release(key, { run, epoch: 1 }, to);
          return { run, token: answer.token, from, to };
        }
        await pause(answer.kind === 'waiting' ? 25 * answer.ahead : 50);
      }
    }),
  );
  return { held, log };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

const [, , endpoint = '', name = '', todo = ''] = process.argv;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = dynamoClient({ endpoint, region: 'local', credentials });
const happened = await work(new SharedTable({ name, client }), JSON.parse(todo) as Work);
process.stdout.write(`${JSON.stringify(happened)}\n`);
