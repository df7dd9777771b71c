/**
 * What a killed engine left on disk, read as the next owner would read it, but from a copy: the original is taken up by
 * the next process exactly as the last one left it.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimFolder } from '../../lib/embedded/data-folder.ts';
import { SqliteEngineLog } from '../../lib/embedded/engine-log.ts';

export interface Recorded {
  readonly executions: ReadonlySet<string>;
  /** `<execution id> <task id>`: of which an answer was recorded, and of which the last one. */
  readonly answered: ReadonlySet<string>;
  readonly succeeded: ReadonlySet<string>;
}

export async function recordedIn(folder: string, executionIds: Iterable<string>): Promise<Recorded> {
  const [executions, answered, succeeded] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const copy = copied(folder);
  const database = claimFolder(copy);
  if (database === undefined) throw new Error(`the copy ${copy} is owned by somebody`);
  const log = new SqliteEngineLog(database);
  for (const executionId of executionIds) {
    const logged = await log.read(executionId);
    if (logged === undefined) continue;
    executions.add(executionId);
    for (const { event } of logged.events) {
      if (!('task' in event) || event.type === 'heartbeat') continue;
      answered.add(`${executionId} ${event.task}`);
      if (event.type === 'taskSucceeded') succeeded.add(`${executionId} ${event.task}`);
    }
  }
  database.close();
  rmSync(copy, { recursive: true });
  return { executions, answered, succeeded };
}

function copied(folder: string): string {
  const copy = `${folder}-copy`;
  mkdirSync(copy);
  for (const name of ['interlock.db', 'interlock.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name));
  }
  return copy;
}
