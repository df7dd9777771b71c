/**
 * The audit trail of a run (R30): who started it, every request with its status and digests, what each step came to, what
 * was decided of doubts, every undo, and everything that an operator did, in the order of time. Made from the journal
 * alone; like it, it holds no payload.
 */
import type { AttemptView, TrailEntry } from '../model/run.ts';
import { attemptsOfUndo, inputDigestOf } from './effects.ts';
import { attemptView } from './letter.ts';
import { namedTrail } from './listed-trail.ts';
import type {
  AppliedOutcome,
  AttemptRecord,
  AuditEntry,
  FailedOutcome,
  RunHeader,
  RunRecord,
  UndoRecord,
  Verdict,
  VisitKey,
} from './ports/journal.ts';
import { isoTime } from './run-events.ts';

export function trailOf(record: RunRecord, audits: readonly AuditEntry[]): readonly TrailEntry[] {
  const { header, applied, verdicts, undos } = record;
  const entries = [
    started(header),
    ...[...header.failures, ...applied].flatMap(outcomeEntries),
    ...verdicts.flatMap(verdictEntries),
    ...undos.flatMap(undoEntries),
    ...audits.map(auditEntry),
    ...ended(header),
  ];
  // Stable: what has one time stays in the order in which it is told above.
  return namedTrail(entries.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0)));
}

function started(header: RunHeader): TrailEntry {
  const planHash = header.earlier.find(({ epoch }) => epoch === 1)?.planHash ?? header.planHash;
  const detail = { inputDigest: inputDigestOf(header, 1), planHash };
  return { at: isoTime(header.startedAt), what: 'started', by: header.actor, epoch: 1, detail };
}

function ended({ phase, endedAt, reason, error }: RunHeader): readonly TrailEntry[] {
  if (endedAt === undefined) return [];
  const result = reason === undefined ? phase : `${phase} (${reason})`;
  return [{ at: isoTime(endedAt), what: 'ended', result, ...(error && { error }) }];
}

function outcomeEntries(outcome: AppliedOutcome | FailedOutcome): readonly TrailEntry[] {
  const at = { ...placeOf(outcome.key), epoch: outcome.epoch };
  const failed = 'outcome' in outcome ? { result: outcome.outcome, error: outcome.error } : undefined;
  const applied = 'outputs' in outcome && outcome.degraded === true ? 'applied (by its fallback)' : 'applied';
  return [
    ...attemptEntries(outcome.attempts, 'step', at),
    ...attemptEntries(outcome.asked?.attempts ?? [], 'probe', at),
    { at: isoTime(outcome.endedAt), what: 'outcome', ...at, ...(failed ?? { result: applied }) },
  ];
}

function verdictEntries({ key, epoch, at, verdict, by, attempts, error, actor, note }: Verdict): readonly TrailEntry[] {
  const where = { ...placeOf(key), epoch };
  const decision = { result: verdict, ...(error && { error }), ...(note !== undefined && { note }) };
  return [
    ...attemptEntries(attempts ?? [], 'probe', where),
    { at: isoTime(at), what: 'decision', by: actor ?? by, ...where, ...decision },
  ];
}

function undoEntries(undo: UndoRecord): readonly TrailEntry[] {
  const { key, epoch, intentAt, endedAt, state, by, error, actor, note } = undo;
  const where = { ...placeOf(key), epoch };
  const who = by === 'operator' ? { by: actor ?? by } : {};
  return [
    ...attemptEntries(attemptsOfUndo(undo), 'undo', where),
    {
      at: isoTime(endedAt ?? intentAt),
      what: 'undo',
      ...who,
      ...where,
      result: state,
      ...(error && { error }),
      ...(note !== undefined && { note }),
    },
  ];
}

function attemptEntries(
  attempts: readonly AttemptRecord[],
  of: NonNullable<TrailEntry['of']>,
  where: Partial<TrailEntry>,
): readonly TrailEntry[] {
  return attempts.map((one) => {
    const { at, ...attempt }: AttemptView = attemptView(one);
    return { at, what: 'attempt', of, ...where, attempt };
  });
}

function auditEntry({ at, nonce: _nonce, actor, action, refused, ...rest }: AuditEntry): TrailEntry {
  const what = action === 'late-answer' ? action : 'action';
  const result = refused === undefined ? action : `${action}, refused: ${refused}`;
  return { at: isoTime(at), what, by: actor, result, ...rest };
}

function placeOf({ step, visit, gen }: VisitKey): Pick<TrailEntry, 'step' | 'visit' | 'generation'> {
  return { step, visit, generation: gen };
}
