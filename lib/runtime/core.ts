/** The core function's tasks: everything of a machine that calls no system of the user's. One door for all hosts. */
import { unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { CoreTask } from '../model/task.ts';
import { close } from './close.ts';
import { each } from './each.ts';
import { gather } from './gather.ts';
import { lock } from './lock.ts';
import type { CallPorts } from './passage.ts';
import { raise } from './raise.ts';
import { settle } from './settle.ts';
import { awaitAnswer, invite } from './wait.ts';

export type CorePorts = Pick<
  CallPorts,
  | 'clock'
  | 'random'
  | 'callbacks'
  | 'mailboxes'
  | 'senders'
  | 'waking'
  | 'journal'
  | 'blobs'
  | 'locks'
  | 'plans'
  | 'events'
  | 'telemetry'
>;

export async function core(task: CoreTask, ports: CorePorts): Promise<Json> {
  switch (task.op) {
    case 'raise':
      return { ...(await raise(task, ports)) };
    case 'close':
      // Plain JSON by its type, as below; references in it are JSON, too.
      return { ...(await close(task, ports)) } as unknown as Json;
    case 'lock':
      return { ...(await lock(task, ports)) };
    case 'each':
      return (await each(task, ports)) as unknown as Json;
    case 'invite':
      return { ...(await invite(task, ports)) };
    case 'await':
      return { ...(await awaitAnswer(task, ports)) };
    case 'gather':
      return (await gather(task, ports)) as unknown as Json;
    case 'settle':
      // Plain JSON by its type; interfaces only lack the index signature.
      return (await settle(task, ports)) as unknown as Json;
    default:
      return unreachable(task, 'task of the core function');
  }
}
