/** All eight invariants over the evidence of one run (design: rehearsal). */
import type { Evidence } from '../evidence.ts';
import { attentionNamesWhatStands, compensatedStandsNothing, everyRunEnds, succeededStandsOnce } from './endings.ts';
import { nothingBeginsAfterTheFence, undoneOnceAndForCause, undosRespectDependencies } from './order.ts';
import { failuresLeaveTraces, noSecretIsKept } from './traces.ts';
import type { Violation } from './violation.ts';

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
