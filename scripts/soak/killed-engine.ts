/**
 * The process that is killed: an engine over a data folder. It takes orders from the one that began it (start this,
 * answer that token), asks it to perform every task, and tells it what has become durable and what has ended. It knows
 * nothing of having been killed before.
 */
import { claimFolder } from '../../lib/embedded/data-folder.ts';
import { SqliteEngineLog } from '../../lib/embedded/engine-log.ts';
import { realClock, realRandom } from '../../lib/embedded/real-clock.ts';
import { Engine } from '../../lib/engine/driver.ts';
import type { Outcome } from '../../lib/engine/log.ts';
import type { TaskCall, TaskResult } from '../../lib/engine/ports.ts';
import type { Json } from '../../lib/model/json.ts';
import { MACHINES } from './killed-machines.ts';

export type Order =
  | { readonly kind: 'start'; readonly machine: string; readonly name: string; readonly input: Json }
  | { readonly kind: 'token'; readonly token: string; readonly output: Json }
  | { readonly kind: 'answer'; readonly call: number; readonly result: TaskResult }
  | { readonly kind: 'events'; readonly executionId: string };

export type Report =
  | { readonly kind: 'ready'; readonly recovered: readonly string[]; readonly dropped: string | null }
  | { readonly kind: 'started'; readonly name: string; readonly executionId: string }
  | { readonly kind: 'heard'; readonly token: string; readonly error?: string }
  | { readonly kind: 'ask'; readonly call: number; readonly task: Task }
  | { readonly kind: 'ended'; readonly executionId: string; readonly outcome: Outcome }
  | { readonly kind: 'events'; readonly executionId: string; readonly types: readonly string[] };

export type Task = Pick<TaskCall, 'executionId' | 'taskId' | 'resource' | 'arguments' | 'attempt' | 'taskToken'>;

const [folder = ''] = process.argv.slice(2);
const pending = new Map<number, (result: TaskResult) => void>();
let calls = 0;

function tell(report: Report): void {
  process.send?.(report);
}

function ask({ executionId, taskId, resource, arguments: given, attempt, taskToken }: TaskCall): Promise<TaskResult> {
  calls += 1;
  const call = calls;
  const token = taskToken === undefined ? {} : { taskToken };
  tell({ kind: 'ask', call, task: { executionId, taskId, resource, arguments: given, attempt, ...token } });
  return new Promise((resolve) => pending.set(call, resolve));
}

const database = claimFolder(folder);
if (database === undefined) throw new Error(`${folder} is owned by a process that should be dead`);
const engine = new Engine({
  clock: realClock,
  random: realRandom,
  log: new SqliteEngineLog(database),
  tasks: { run: ask },
});
for (const [name, definition] of Object.entries(MACHINES)) engine.register(name, definition);

/** A failure here is one that the sweep has to see: the process ends with it. */
async function watch(executionId: string): Promise<void> {
  tell({ kind: 'ended', executionId, outcome: await engine.result(executionId) });
}

async function start({ machine, name, input }: Extract<Order, { readonly kind: 'start' }>): Promise<void> {
  const { executionId } = await engine.start({ machine, name, input });
  tell({ kind: 'started', name, executionId });
  await watch(executionId);
}

async function hear({ token, output }: Extract<Order, { readonly kind: 'token' }>): Promise<void> {
  const failed = await engine.sendTaskSuccess(token, output).then(
    () => ({}),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  tell({ kind: 'heard', token, ...failed });
}

async function events(executionId: string): Promise<void> {
  const history = await engine.history(executionId);
  tell({ kind: 'events', executionId, types: history.map(({ type }) => type) });
}

process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'start':
      return void start(order);
    case 'token':
      return void hear(order);
    case 'events':
      return void events(order.executionId);
    case 'answer':
      pending.get(order.call)?.(order.result);
      return void pending.delete(order.call);
  }
});
process.on('disconnect', () => process.exit(0));

const recovered = await engine.recover();
tell({ kind: 'ready', recovered, dropped: database.dropped?.kind ?? null });
for (const executionId of recovered) void watch(executionId);
