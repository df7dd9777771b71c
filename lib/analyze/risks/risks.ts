/** All risks, in the order in which they are looked for; what is found is sorted by place afterwards. */
import {
  callerTimeoutTooShort,
  deadlineTooShort,
  keyForgottenTooEarly,
  loopWithoutLimit,
  timeoutUndeclared,
  undoBudgetTooShort,
} from './budgets.ts';
import { failoverSharesDependency } from './dependencies.ts';
import { overloadUndocumented, quotaNear } from './documents.ts';
import {
  doubtWithoutProbe,
  effectMadeEarly,
  effectNeverUndone,
  probeNeverSaysNo,
  retryNeverInDoubt,
  undoNeedsAnswer,
  undoNotRepeatable,
} from './effects.ts';
import type { Risk } from './risk.ts';

import { sloBeyondSystems, sloNeverMissed, sloTooFast } from './promises.ts';

export const risks: readonly Risk[] = [
  effectNeverUndone,
  doubtWithoutProbe,
  undoNeedsAnswer,
  undoNotRepeatable,
  probeNeverSaysNo,
  effectMadeEarly,
  retryNeverInDoubt,
  timeoutUndeclared,
  keyForgottenTooEarly,
  deadlineTooShort,
  undoBudgetTooShort,
  callerTimeoutTooShort,
  loopWithoutLimit,
  overloadUndocumented,
  quotaNear,
  sloBeyondSystems,
  sloTooFast,
  sloNeverMissed,
  failoverSharesDependency,
];
