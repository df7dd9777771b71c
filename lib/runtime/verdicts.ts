/** Verdicts as a run's record tells them. */
import type { AppliedOutcome, Verdict } from './ports/journal.ts';

/** That a safe step has failed is told by its outcome. */
export function isTold(settled: AppliedOutcome | Verdict): settled is Verdict {
  return 'verdict' in settled && settled.verdict !== 'failed';
}
