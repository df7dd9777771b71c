/**
 * What the state machines of an integration are called behind the name that is the integration's own. They are known by
 * what a workflow is called, so nobody has to be told of each: an environment of a function has 4 KB, a policy 10, a rule 2.
 */
import type { Plan } from './plan.ts';
import { SHORT_DIGITS, shortDigest } from './short-digest.ts';

/** Of a workflow's own machine, and of the one that undoes. Another kind is another machine: none becomes the other in place. */
export type MachineKind = 'run' | 'express' | 'undo';

/** Of 80 characters that a machine's name may have, the integration's own part takes up to 38, and a kind eight. */
const LONGEST = 33;

export function machineName(kind: MachineKind, workflowId: string): string {
  return `${kind}-${fitting(workflowId)}`;
}

export function kindOfRun({ mode }: Pick<Plan, 'mode'>): MachineKind {
  return mode === 'express' ? 'express' : 'run';
}

function fitting(workflowId: string): string {
  if (workflowId.length <= LONGEST && /^[A-Za-z0-9_-]+$/.test(workflowId)) return workflowId;
  const plain = workflowId
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, LONGEST - SHORT_DIGITS - 1)
    .replace(/-+$/, '');
  return `${plain}-${shortDigest(workflowId)}`;
}
