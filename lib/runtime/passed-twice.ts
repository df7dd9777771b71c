/**
 * An express execution may begin again from its start, also while its first try goes on, so a step may be passed by two at
 * once. Of an effect its intent decides who acts, and the other one is answered from the journal. A safe step has no intent:
 * what was read first is what the run has read, and whether the step failed or not is decided once, so that both tries go
 * one way and read the same values.
 */
import type { Passage } from './passage.ts';
import type { AppliedOutcome, FailedOutcome, Journal, Verdict } from './ports/journal.ts';

type Passing = Pick<Passage, 'plan' | 'step' | 'task' | 'key'>;

function isPassedTwice({ plan, step }: Passing): boolean {
  return plan.mode === 'express' && step.effect === 'safe';
}

/** What another try of the execution has read. */
export async function readBefore(passing: Passing, journal: Journal): Promise<AppliedOutcome | undefined> {
  return isPassedTwice(passing) ? await journal.applied(passing.task.run, passing.key) : undefined;
}

/** The step's outcome, where this one would be it: of a step that another try has got through, or seen fail, that one's. */
export async function decidedOutcome(
  passing: Passing,
  failed: FailedOutcome,
  journal: Journal,
): Promise<AppliedOutcome | FailedOutcome> {
  if (!isPassedTwice(passing)) return failed;
  const { key, epoch, endedAt: at } = failed;
  const verdict: Verdict = { key, epoch, at, verdict: 'failed', by: 'step', failed };
  const decided = await journal.decideFailed(passing.task.run, verdict);
  if (decided.kind === 'recorded') return failed;
  return 'verdict' in decided.by ? (decided.by.failed ?? failed) : decided.by;
}
