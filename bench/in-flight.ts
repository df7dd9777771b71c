/**
 * A process of its own for bench/memory.ts: it brings so many durable runs into flight, all waiting for their tasks, says
 * what memory it has, lets them all end, and says what it had at most.
 */
import { openSqlite } from './engine-logs.ts';
import { benchedEngine, inputOf, type TaskAnswer } from './engine-subjects.ts';

export interface InFlight {
  readonly waitingBytes: number;
  readonly mostBytes: number;
  readonly emptyBytes: number;
}

const [count = '2000', machine = 'saga'] = process.argv.slice(2);
const held: (() => void)[] = [];
let isHolding = true;

/** The first task of each run is not answered until all runs wait. */
async function hold(answer: TaskAnswer): Promise<TaskAnswer> {
  if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
  return answer;
}

const emptyBytes = process.memoryUsage().rss;
const log = await openSqlite();
const engine = benchedEngine(log, hold);
const started = await Promise.all(
  Array.from({ length: Number(count) }, () => engine.start({ machine, input: inputOf(machine) })),
);
while (held.length < started.length) await new Promise((resolve) => setImmediate(resolve));
const waitingBytes = process.memoryUsage().rss;
isHolding = false;
for (const release of held) release();
await Promise.all(started.map(({ executionId }) => engine.result(executionId)));
const report: InFlight = { waitingBytes, mostBytes: process.resourceUsage().maxRSS * 1024, emptyBytes };
engine.close();
await log.close();
process.stdout.write(`${JSON.stringify(report)}\n`);
