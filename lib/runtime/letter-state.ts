/** What has become of a dead letter's run since it was sent, from the run's status alone: the same for every queue. */
import { isObject, type Json } from '../model/json.ts';
import type { LetterState, RunStatus } from '../model/run.ts';

/** `isNewest`: of the letters that its run has. */
export function letterState(letter: Json, status: RunStatus, isNewest: boolean): LetterState {
  switch (status) {
    case 'succeeded':
    case 'compensated':
    case 'failed':
      return 'settled';
    case 'needs-attention':
      return isNewest ? 'open' : 'superseded';
    case 'compensating':
      return isNewest && isUnsettled(letter) ? 'open' : 'under-way';
    default:
      return 'under-way';
  }
}

/** Sent by a machine whose settlement broke off, which leaves its run compensating and nobody at it. */
function isUnsettled(letter: Json): boolean {
  return !isObject(letter) || !('stands' in letter);
}
