/**
 * The payload of a Task state as the handlers take it: a closed shape, since machine and handlers are deployed together
 * and a member that nobody reads is a mistake of ours. The values inside `at`, `refs` and `entry` come from our own
 * answers and are not looked at again.
 */
import { assert } from '../model/assert.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import type { CoreTask, SystemTask } from '../model/task.ts';
import type { HealthTask, LookTask } from '../model/upkeep-task.ts';

const BASE: readonly string[] = ['op', 'run', 'epoch', 'plan', 'exec', 'fenced'];

const MEMBERS: { readonly [O in (SystemTask | CoreTask)['op']]: readonly string[] } = {
  call: ['step', 'at', 'refs', 'repair', 'item', 'poll'],
  invite: ['step', 'at', 'refs'],
  await: ['step', 'at', 'token'],
  each: ['step', 'at', 'refs'],
  gather: ['step', 'at', 'refs'],
  raise: ['step', 'error'],
  close: ['scope', 'refs'],
  lock: [],
  settle: ['why', 'owner', 'brief'],
  undo: ['owner', 'entry'],
};

export function systemTask(event: unknown): SystemTask {
  const task = checked(event, ['call', 'undo']);
  assert(task.op === 'undo' || typeof task.step === 'string', 'a call names its step');
  assert(
    task.op === 'call' || (typeof task.owner === 'string' && isObject(task.entry)),
    'an undo names its owner and entry',
  );
  // Its members are known and those that lead to a write have their types; the emitter wrote the others by this type.
  return task as unknown as SystemTask;
}

/** What other functions of the integration ask of a system's function. */
export function upkeepTask(event: unknown): LookTask | HealthTask | undefined {
  if (!isObject(event) || (event['op'] !== 'look' && event['op'] !== 'health')) return undefined;
  const names = event['op'] === 'look' ? ['run', 'step'] : ['system'];
  for (const name of names) assert(typeof event[name] === 'string', `a ${event['op']} task has a text ${name}`);
  assert(event['op'] === 'health' || Number.isSafeInteger(event['visit']), 'a look task has a visit');
  return event as unknown as LookTask | HealthTask;
}

export function coreTask(event: unknown): CoreTask {
  return checked(event, [
    'raise',
    'close',
    'lock',
    'settle',
    'each',
    'gather',
    'invite',
    'await',
  ]) as unknown as CoreTask;
}

function checked(event: unknown, ops: readonly (keyof typeof MEMBERS)[]): JsonObject {
  assert(isObject(event), 'a task is an object');
  const op = ops.find((name) => name === event.op);
  assert(op, `a task's op is one of ${ops.join(', ')}`);
  const unknown = Object.keys(event).find((name) => !BASE.includes(name) && !MEMBERS[op].includes(name));
  assert(unknown === undefined, `a ${op} task has no member ${unknown}`);
  assert(typeof event.run === 'string' && typeof event.plan === 'string', 'a task names its run and plan');
  assert(Number.isSafeInteger(event.epoch), "a task names its run's epoch");
  return event;
}
