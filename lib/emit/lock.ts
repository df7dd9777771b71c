/** The states before a run's first step, where its workflow has a lock: asked for until it is had, and nothing begins before. */
import type { State } from '../model/asl.ts';
import { settleAfter } from './failing.ts';
import { jsonata } from './jsonata.ts';
import type { MachineNames } from './machine-names.ts';
import { LOCK_RETRIERS } from './retriers.ts';
import { ANSWER, EXECUTION_ID, invokeCore } from './tasks.ts';

export function lockStates(names: MachineNames, first: string): { readonly [name: string]: State } {
  const [asks, choice, waits] = names.lock();
  return {
    [asks]: {
      Type: 'Task',
      ...invokeCore('lock', { exec: EXECUTION_ID }),
      Output: jsonata(ANSWER),
      Retry: LOCK_RETRIERS,
      Catch: [settleAfter()],
      Next: choice,
    },
    [choice]: {
      Type: 'Choice',
      Choices: [{ Condition: jsonata("$states.input.do = 'wait'"), Next: waits }],
      Output: {},
      Default: first,
    },
    [waits]: { Type: 'Wait', Seconds: jsonata('$states.input.seconds'), Output: {}, Next: asks },
  };
}
