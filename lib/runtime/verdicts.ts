/**
 * Verdicts as a run's record tells them. That a safe step has failed is decided by a verdict and told by its outcome in the
 * header; between the two writes a process may die, so the record tells of the outcome as soon as it is decided.
 */
import type { AppliedOutcome, RunHeader, Verdict } from './ports/journal.ts';
import { sameKey } from './visit.ts';

type Settled = AppliedOutcome | Verdict;

export function isTold(settled: Settled): settled is Verdict {
  return 'verdict' in settled && settled.verdict !== 'failed';
}

export function withDecided(header: RunHeader, settled: readonly Settled[]): RunHeader {
  const decided = settled.flatMap((one) => ('verdict' in one && one.failed ? [one.failed] : []));
  const untold = decided.filter(({ key }) => !header.failures.some((known) => sameKey(known.key, key)));
  return untold.length === 0 ? header : { ...header, failures: [...header.failures, ...untold] };
}
