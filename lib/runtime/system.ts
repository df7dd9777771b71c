/** The tasks of a system's function: whatever calls that system, forwards, to undo, and to look. One door for all hosts. */
import { unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { CallAnswer, CallTask, SystemTask } from '../model/task.ts';
import type { BatchTask } from './batch.ts';
import { call } from './call.ts';
import type { CallPorts } from './passage.ts';
import { undo } from './undo-task.ts';

/** lib/runtime/batch.ts, which a host may have elsewhere until somebody has a long list. */
export type DoBatch = (task: BatchTask, ports: CallPorts) => Promise<CallAnswer>;

export async function system(task: SystemTask, ports: CallPorts, doBatch: DoBatch): Promise<Json> {
  switch (task.op) {
    case 'call':
      // Plain JSON by its type; interfaces only lack the index signature.
      return (await (isBatch(task) ? doBatch(task, ports) : call(task, ports))) as unknown as Json;
    case 'undo':
      return { ...(await undo(task, ports)) };
    default:
      return unreachable(task, 'task of a system');
  }
}

function isBatch(task: CallTask): task is BatchTask {
  return typeof task.item === 'object';
}
