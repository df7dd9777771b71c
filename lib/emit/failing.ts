/** How a failing state leaves its region: the root settles; a branch raises the fence and ends normally. */
import { type Catcher, ErrorName, type State } from '../model/asl.ts';
import { jsonata } from './jsonata.ts';
import type { MachineNames } from './machine-names.ts';
import type { Region } from './region.ts';
import { RAISE_RETRIERS } from './retriers.ts';
import { SETTLE } from './settlement.ts';
import { invokeCore } from './tasks.ts';

const EVERYTHING: readonly string[] = [ErrorName.All];

interface FailingState {
  readonly state: string;
  readonly step: string;
}

export function catchAll(region: Region, names: MachineNames, failing: FailingState): readonly Catcher[] {
  if (region.depth === 0) return [settleAfter()];
  const raise = names.failed(failing.state);
  addRaise(region, names, failing);
  const error = jsonata('$states.errorOutput.Error');
  return [{ ErrorEquals: EVERYTHING, Output: { failed: failing.step, error }, Next: raise }];
}

export function settleAfter(): Catcher {
  return { ErrorEquals: EVERYTHING, Assign: { why: jsonata('$states.errorOutput.Error') }, Next: SETTLE };
}

/** Fast, not safe: the fence is guaranteed by leases and settle; this only stops the siblings sooner. */
function addRaise(region: Region, names: MachineNames, { state, step }: FailingState): void {
  const ended = names.ended(state);
  region.raises[names.failed(state)] = {
    Type: 'Task',
    ...invokeCore('raise', { step, error: jsonata('$states.input.error') }),
    Output: jsonata('$states.input'),
    Retry: RAISE_RETRIERS,
    Catch: [{ ErrorEquals: EVERYTHING, Output: jsonata('$states.input'), Next: ended }],
    End: true,
  };
  region.raises[ended] = { Type: 'Succeed' };
}

/** A join that nobody asks about: the root settles, a branch ends and hands the failure to the outer join. */
export function brokenJoin(region: Region, parallel: string): State {
  if (region.depth === 0) return { Type: 'Pass', Assign: { why: 'Interlock.Fenced' }, Output: {}, Next: SETTLE };
  return { Type: 'Pass', Output: { failed: parallel, error: 'Interlock.Fenced' }, End: true };
}
