/** A node of the argument: a value and, through its parents, its location. The root has neither parent nor key. */
import type { Json } from '../../model/json.ts';
import type { Work } from '../work.ts';
import type { Query } from './query.ts';

export interface Node {
  readonly value: Json;
  readonly parent?: Node;
  readonly key?: string | number;
}

/** From the root down to the node. */
export function locationOf(node: Node): (string | number)[] {
  const location: (string | number)[] = [];
  for (let here: Node | undefined = node; here?.key !== undefined; here = here.parent) location.push(here.key);
  return location.reverse();
}

/** What one evaluation carries along; filters select again, so the way back is part of it. */
export interface Evaluation {
  readonly root: Json;
  readonly work: Work;
  readonly select: (query: Query, start: Node) => readonly Node[];
}
