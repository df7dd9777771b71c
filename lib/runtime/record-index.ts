/**
 * Where things are in a run's record, by visit and by step, found out once for each record that was read: a list of ten
 * thousand items has as many intents and outcomes, and whoever looks for those of each would otherwise pass all of them
 * each time. A record is never changed; one that was read again is another one.
 */
import { oncePer } from '../model/once-per.ts';
import type {
  AppliedOutcome,
  FailedOutcome,
  Intent,
  RunRecord,
  UndoRecord,
  Verdict,
  VisitKey,
} from './ports/journal.ts';

export interface RecordIndex {
  /** Of a visit, all its generations, in the order of the record. */
  readonly intents: OfVisit<Intent>;
  readonly applied: OfVisit<AppliedOutcome>;
  readonly failures: OfVisit<FailedOutcome>;
  readonly verdicts: OfVisit<Verdict>;
  readonly undos: OfVisit<UndoRecord>;
  /** By the path of a step, or of an item. */
  readonly appliedOf: (step: string) => readonly AppliedOutcome[];
  readonly failuresOf: (step: string) => readonly FailedOutcome[];
  readonly verdictsOf: (step: string) => readonly Verdict[];
}

type OfVisit<T> = (visit: Pick<VisitKey, 'step' | 'visit'>) => readonly T[];

export const indexOf: (record: RunRecord) => RecordIndex = oncePer((record: RunRecord): RecordIndex => {
  const { header, applied, verdicts, undos } = record;
  return {
    intents: byVisit(() => header.intents),
    applied: byVisit(() => applied),
    failures: byVisit(() => header.failures),
    verdicts: byVisit(() => verdicts),
    undos: byVisit(() => undos),
    appliedOf: lookingUp(
      () => applied,
      ({ key }) => key.step,
    ),
    failuresOf: lookingUp(
      () => header.failures,
      ({ key }) => key.step,
    ),
    verdictsOf: lookingUp(
      () => verdicts,
      ({ key }) => key.step,
    ),
  };
});

export function visitText({ step, visit }: Pick<VisitKey, 'step' | 'visit'>): string {
  return `${step}.${visit}`;
}

function byVisit<T extends { readonly key: VisitKey }>(all: () => readonly T[]): OfVisit<T> {
  const found = lookingUp(all, ({ key }) => visitText(key));
  return (visit) => found(visitText(visit));
}

const NONE: readonly never[] = [];

/** Sorted when it is first asked for. */
function lookingUp<T>(all: () => readonly T[], nameOf: (one: T) => string): (name: string) => readonly T[] {
  let known: ReadonlyMap<string, readonly T[]> | undefined;
  return (name) => {
    known ??= Map.groupBy(all(), nameOf);
    return known.get(name) ?? NONE;
  };
}
