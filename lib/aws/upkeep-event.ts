/**
 * What the functions of upkeep are asked: by a schedule with EventBridge's own event, which means the defaults, or by a
 * person or a program with an object of ours, whose members are checked and of which none is unknown.
 */
import { assert } from '../model/assert.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import type { Reconciling } from '../runtime/upkeep/reconcile.ts';

const DAY_MS = 86_400_000;
const RUNS = 200;

export function reconciling(event: unknown): Reconciling {
  const asked = membersOf(event, ['run', 'repair', 'actor']);
  const { run, repair = false, actor = 'reconcile' } = asked;
  assert(run === undefined || typeof run === 'string', 'run is the id of a run');
  assert(typeof repair === 'boolean', 'repair is true or false');
  assert(typeof actor === 'string' && actor !== '', 'actor is who asks');
  return { repair, actor, runs: RUNS, withinMs: 2 * DAY_MS, ...(run !== undefined && { run }) };
}

/** Whether versions of functions are to be looked through as well, whatever time it is. */
export function sweeping(event: unknown): boolean {
  const { versions = false } = membersOf(event, ['versions']);
  assert(typeof versions === 'boolean', 'versions is true or false');
  return versions;
}

/** Undefined: whichever are due. */
export function systemsAsked(event: unknown): readonly string[] | undefined {
  const { systems } = membersOf(event, ['systems']);
  if (systems === undefined) return undefined;
  assert(Array.isArray(systems) && systems.length <= 1_000, 'systems is a list of names');
  return systems.map((name: unknown) => {
    assert(typeof name === 'string', 'systems is a list of names');
    return name;
  });
}

export interface RedriveAsked {
  readonly actor: string;
  /** At most so many letters. */
  readonly limit: number;
}

export function redriving(event: unknown): RedriveAsked {
  const { actor, limit = 10 } = membersOf(event, ['actor', 'limit']);
  assert(typeof actor === 'string' && actor !== '', 'actor is who asks');
  assert(typeof limit === 'number' && Number.isInteger(limit) && limit > 0 && limit <= 1_000, 'limit is 1 to 1000');
  return { actor, limit };
}

function membersOf(event: unknown, known: readonly string[]): JsonObject {
  if (isObject(event) && event['source'] === 'aws.events') return {};
  assert(event === undefined || event === null || isObject(event), 'what is asked is an object');
  const asked = isObject(event) ? event : {};
  const unknown = Object.keys(asked).find((name) => !known.includes(name));
  assert(unknown === undefined, `there is no member ${unknown}: ${known.join(', ')} are known`);
  return asked;
}
