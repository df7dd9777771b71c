/** Outputs that no description declares: a plan hands on by them what an action reads of its own step's answer. */
import type { LinkedStep } from './links.ts';

export const HANDED_ON = 'interlock-handed-';
/** The same of a step that has failed: nothing else of such an answer is kept. */
export const HANDED_BY_FAILURE = 'interlock-failed-';

/** Not for people: they see what is declared. */
export function isHandedOn(name: string): boolean {
  return name.startsWith(HANDED_ON) || isHandedByFailure(name);
}

export function isHandedByFailure(name: string): boolean {
  return name.startsWith(HANDED_BY_FAILURE);
}

/** Whether an action on failure has one answer to read: a step that calls a workflow has none, one that asks has several. */
export function keepsFailedAnswer({ target, poll }: LinkedStep): boolean {
  return target?.kind === 'operation' && !poll;
}
