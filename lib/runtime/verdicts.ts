/**
 * Verdicts as a run's record tells them. That a safe step has failed is decided by a verdict and told by its outcome in the
 * header; between the two writes a process may die, so the record tells of the outcome as soon as it is decided.
 */
import type { AppliedOutcome, RunHeader, Verdict } from './ports/journal.ts';
import { keyText } from './visit.ts';

type Settled = AppliedOutcome | Verdict;

export function isTold(settled: Settled): settled is Verdict {
  return 'verdict' in settled && settled.verdict !== 'failed';
}

export function withDecided(header: RunHeader, settled: readonly Settled[]): RunHeader {
  const decided = settled.flatMap((one) => ('verdict' in one && one.failed ? [one.failed] : []));
  if (decided.length === 0) return header;
  const told = new Set(header.failures.map(({ key }) => keyText(key)));
  const untold = decided.filter(({ key }) => !told.has(keyText(key)));
  return untold.length === 0 ? header : { ...header, failures: [...header.failures, ...untold] };
}
