/** All eight invariants over the evidence of one run (design: rehearsal). */
import type { Evidence } from '../evidence.ts';
import { attentionNamesWhatStands, compensatedStandsNothing, everyRunEnds, succeededStandsOnce } from './endings.ts';
import { nothingBeginsAfterTheFence, undoneOnceAndForCause, undosRespectDependencies } from './order.ts';
import { failuresLeaveTraces, noSecretIsKept } from './traces.ts';
import { type Violation, violations } from './violation.ts';

export function judgeRun(evidence: Evidence, secrets: readonly string[]): readonly Violation[] {
  return [
    ...everyRunEnds(evidence),
    ...succeededStandsOnce(evidence),
    ...compensatedStandsNothing(evidence),
    ...attentionNamesWhatStands(evidence),
    ...undoneOnceAndForCause(evidence),
    ...nothingBeginsAfterTheFence(evidence),
    ...undosRespectDependencies(evidence),
    ...failuresLeaveTraces(evidence),
    ...noSecretIsKept(evidence, secrets),
  ];
}

/** Of a run that goes on: what is broken by now stays broken, whatever follows. */
export function judgeSofar(evidence: Evidence, secrets: readonly string[]): readonly Violation[] {
  const broken = evidence.bugs.map(({ message, stack }) => `a handler broke: ${message}\n${stack ?? ''}`);
  return [
    ...undoneOnceAndForCause(evidence),
    ...nothingBeginsAfterTheFence(evidence),
    ...violations(7, broken),
    ...noSecretIsKept(evidence, secrets),
  ];
}
