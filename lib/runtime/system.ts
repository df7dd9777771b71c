/** The tasks of a system's function: whatever calls that system, forwards, to undo, and to look. One door for all hosts. */
import { unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { SystemTask } from '../model/task.ts';
import { batch, isBatch } from './batch.ts';
import { call } from './call.ts';
import type { CallPorts } from './passage.ts';
import { undo } from './undo-task.ts';

export async function system(task: SystemTask, ports: CallPorts): Promise<Json> {
  switch (task.op) {
    case 'call':
      // Plain JSON by its type; interfaces only lack the index signature.
      return (await (isBatch(task) ? batch(task, ports) : call(task, ports))) as unknown as Json;
    case 'undo':
      return { ...(await undo(task, ports)) };
    default:
      return unreachable(task, 'task of a system');
  }
}
