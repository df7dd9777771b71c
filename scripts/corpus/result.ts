/** What became of a document of a corpus. Plain data: threads hand it on, and `--json` prints it. */
import type { UnmetCriterion } from '../../lib/simulate/answer-book.ts';

export interface DocumentResult {
  readonly id: string;
  /** `hung`: it was given up, since nothing came of it for longer than the work that is allowed takes. */
  readonly result: 'compiled' | 'refused' | 'crashed' | 'hung';
  /** Of errors, each once. */
  readonly codes: readonly string[];
  /** Valid by the official schema, and every source is in the folder. */
  readonly eligible: boolean;
  readonly message?: string;
  /** Only with `--execute`, and of what compiled. */
  readonly executed?: readonly ExecutedWorkflow[];
}

export interface ExecutedWorkflow {
  readonly workflowId: string;
  /** `cannot-meet`: the run came to criteria that no documented answer meets; how it ended says nothing then. */
  readonly end: 'succeeded' | 'cannot-meet' | 'failed' | 'crashed' | 'hung';
  readonly cannotMeet: readonly UnmetCriterion[];
  /** Of a run that did not succeed. */
  readonly why?: string;
}

/** A document is as good as the worst of its workflows. */
const WORST_FIRST = ['crashed', 'hung', 'failed', 'cannot-meet', 'succeeded'] as const;

export function endOf(executed: readonly ExecutedWorkflow[]): ExecutedWorkflow['end'] {
  return WORST_FIRST.find((end) => executed.some((one) => one.end === end)) ?? 'succeeded';
}
