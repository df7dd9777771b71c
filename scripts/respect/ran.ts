/** How one workflow went with one tool, in the same terms for both. */
import type { Json } from '../../lib/model/json.ts';

export interface Ran {
  readonly verdict: 'succeeded' | 'failed';
  /** Calls in the order in which they were made; one that was tried several times stands here once, as it ended. */
  readonly calls: readonly RanCall[];
  /** Absent where the tool does not say them. */
  readonly outputs: ReadonlyMap<string, Json>;
  /** What it says of its failures. */
  readonly why: readonly string[];
}

export interface RanCall {
  readonly step: string;
  readonly passed: boolean;
  readonly status?: number;
  readonly tries: number;
}

/** It did not come to a run. */
export interface NotRun {
  readonly notRun: string;
}

/** One step after another that is the same step is one call with more tries. */
export function merged(calls: readonly RanCall[]): readonly RanCall[] {
  const kept: RanCall[] = [];
  for (const call of calls) {
    const before = kept.at(-1);
    if (before?.step === call.step && !before.passed)
      kept[kept.length - 1] = { ...call, tries: before.tries + call.tries };
    else kept.push(call);
  }
  return kept;
}
