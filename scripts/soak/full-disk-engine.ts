/**
 * An engine on a disk that runs full: it starts executions until some are refused, gets space back, goes on, and is begun
 * again. Prints one JSON line with what it saw; its exit code says nothing but that it lived to print it.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimFolder } from '../../lib/embedded/data-folder.ts';
import type { Database } from '../../lib/embedded/database.ts';
import { SqliteEngineLog } from '../../lib/embedded/engine-log.ts';
import { realClock, realRandom } from '../../lib/embedded/real-clock.ts';
import { Engine } from '../../lib/engine/driver.ts';
import type { State, StateMachineDefinition } from '../../lib/model/asl.ts';
import { Failure } from '../../lib/model/failure.ts';

export interface FullDiskReport {
  readonly ended: number;
  /** By code. */
  readonly refused: { readonly [code: string]: number };
  readonly endedAfterwards: number;
  readonly integrity: string;
  /** Acknowledged as ended and not ended in the file. */
  readonly lost: number;
  readonly recovered: number;
  readonly recoveredEnded: number;
}

const TASK = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: {} };
const MACHINE: StateMachineDefinition = {
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: {
    A: { ...TASK, Next: 'B' },
    B: { ...TASK, Next: 'C' },
    C: { ...TASK, Output: 'done', End: true },
  } as unknown as { readonly [name: string]: State },
};

const [root = ''] = process.argv.slice(2);
/** What is freed must hold what the log still has to move into the main file. */
const ballast = ['first', 'second'].map((name) => join(root, `${name}.ballast`));
for (const path of ballast) writeFileSync(path, Buffer.alloc(6_000_000, 1));

function opened(): { readonly database: Database; readonly log: SqliteEngineLog; readonly engine: Engine } {
  const database = claimFolder(join(root, 'data'));
  if (database === undefined) throw new Error('the folder is owned by somebody else');
  const log = new SqliteEngineLog(database);
  const tasks = { run: async () => ({ output: 'x'.repeat(10_000) }) };
  const engine = new Engine({ clock: realClock, random: realRandom, log, tasks });
  engine.register('m', MACHINE);
  return { database, log, engine };
}

const { database, engine } = opened();
const ended: string[] = [];
const refused: { [code: string]: number } = {};
let number = 0;

/** So many executions at once; each ends or is refused. */
async function group(size: number): Promise<number> {
  const one = async (): Promise<number> => {
    number += 1;
    try {
      const { executionId } = await engine.start({ machine: 'm', name: `n${number}` });
      const { status } = await engine.result(executionId);
      if (status === 'SUCCEEDED') ended.push(executionId);
      return 1;
    } catch (error) {
      const code = error instanceof Failure ? error.code : String(error);
      refused[code] = (refused[code] ?? 0) + 1;
      return 0;
    }
  };
  const results = await Promise.all(Array.from({ length: size }, one));
  return results.reduce((sum, result) => sum + result, 0);
}

for (let groups = 0; groups < 100 && Object.keys(refused).length === 0; groups += 1) await group(20);
const before = ended.length;
rmSync(ballast[0] ?? '');
const endedAfterwards = await group(10);
engine.close();
database.close();

rmSync(ballast[1] ?? '');
const again = opened();
const [check] = again.database.all('PRAGMA integrity_check');
let lost = 0;
for (const executionId of ended) if ((await again.log.read(executionId))?.outcome === undefined) lost += 1;
const recovered = await again.engine.recover();
const outcomes = await Promise.allSettled(recovered.map((executionId) => again.engine.result(executionId)));
const report: FullDiskReport = {
  ended: before,
  refused,
  endedAfterwards,
  integrity: String(check?.['integrity_check']),
  lost,
  recovered: recovered.length,
  recoveredEnded: outcomes.filter(({ status }) => status === 'fulfilled').length,
};
again.engine.close();
again.database.close();
process.stdout.write(`${JSON.stringify(report)}\n`);
