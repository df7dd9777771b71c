/**
 * The requests of one passage: the first, and as many more as are safe, worth it and within the lease. A token that the
 * system refuses is renewed once. Every request is awaited to its end before this returns.
 */
import type { Outcome } from '../model/outcome.ts';
import { type Attempt, fits, makeAttempt, type Sending, timeoutOf, waitAskedFor } from './attempt.ts';
import { type Authorised, authorise } from './auth/authorise.ts';
import { worstOf } from './outcome.ts';
import type { CallPorts, Calling } from './passage.ts';
import type { AttemptRecord } from './ports/journal.ts';
import { type Target, targetFor } from './protect/target.ts';
import type { PreparedRequest } from './request/build.ts';
import { emit } from './run-events.ts';
import { delay, isWorthRepeating, knownUntil, waitBefore } from './retry.ts';

/** `authorised` is made before the intent, so that fetching a token does not use up the lease. */
export type Series = Sending;

export interface Attempts {
  readonly records: readonly AttemptRecord[];
  /** Of the step: the worst, with what earlier generations left in doubt. */
  readonly outcome: Outcome;
  readonly last: Attempt;
  /** Absent where it could not be built. */
  readonly request?: PreparedRequest;
  readonly quietAfter?: number;
}

export async function makeAttempts(series: Series, ports: CallPorts): Promise<Attempts> {
  const { passage } = series;
  const records: AttemptRecord[] = [];
  let { authorised } = series;
  let renewals = 0;
  for (let number = 1; ; number += 1) {
    const target = await targetFor(series, records, ports);
    if (number > 1) authorised = await authoriseFor({ ...series, ...target }, ports, number);
    const sending = whileKnown({ ...series, ...target, authorised }, records, { number, begin: ports.clock.now() });
    const attempt = await makeAttempt(sending, ports, number);
    records.push(at(target, attempt.record));
    emitAttempt(passage, ports, attempt, number);
    const renewing = renewals === 0 && wasRefusedToken(attempt, authorised);
    if (renewing) renewals += 1;
    const pause = renewing ? 0 : pauseAfter(attempt, passage, ports, number + 1 - renewals);
    const begin = ports.clock.now() + (pause ?? 0);
    if (pause === undefined || !fits(series, { begin, number: number + 1 })) {
      return summary(passage, records, attempt, target.request);
    }
    if (pause > 0) await delay(ports.clock, pause);
  }
}

function at({ server }: Target, record: AttemptRecord): AttemptRecord {
  return server === undefined ? record : { ...record, server };
}

export function authoriseFor(
  { passage, request, environment }: Pick<Series, 'passage' | 'request' | 'environment'>,
  ports: CallPorts,
  number: number,
): Promise<Authorised> {
  const { operation, system } = passage;
  return authorise({ operation, system, environment, request, timeoutMs: timeoutOf(passage, number) }, ports);
}

/** 401 to a token that was kept: it may have been revoked. Forgotten here, it is fetched anew. */
function wasRefusedToken({ outcome, response }: Attempt, authorised: Authorised): boolean {
  return outcome === 'refused' && response?.status === 401 && authorised.ok && authorised.forget();
}

function pauseAfter(attempt: Attempt, passage: Calling, ports: CallPorts, next: number): number | undefined {
  const now = ports.clock.now();
  const again = mayRepeatAt(passage, now, next);
  if (attempt.final || !isWorthRepeating(attempt.outcome, again)) return undefined;
  const retryAfter = waitAskedFor(attempt, now);
  return waitBefore(next, passage.step.retry, { retryAfter, random: ports.random });
}

/**
 * After a doubt a request rests on its key: it is sent only where that is known when it lands, which may be at the end of
 * its time and grace, and however long a token or a limit makes it wait until then.
 */
function whileKnown(
  sending: Sending & Target,
  made: readonly AttemptRecord[],
  { number, begin }: { readonly number: number; readonly begin: number },
): Sending & Target {
  const { passage, bounds } = sending;
  const known = [...passage.past.underSameKey, ...made];
  if (worstOf(known, passage.step.idempotency !== undefined) !== 'in-doubt') return sending;
  if (!mayRepeatAt(passage, begin, number)) {
    return { hindrance: 'one before it is in doubt, and repeating it could do it twice', ...sending };
  }
  return { ...sending, bounds: { ...bounds, leaseUntil: Math.min(bounds.leaseUntil, lastEnd(passage)) } };
}

export function mayRepeatAt(passage: Calling, at: number, number = 1): boolean {
  return at + timeoutOf(passage, number) <= lastEnd(passage);
}

/** Whatever times out by then lands while its key is known. */
function lastEnd(passage: Calling): number {
  const { step, operation } = passage;
  return knownUntil(step, operation.method, keySince(passage)) - step.graceMs - 1;
}

/** When the idempotency key went out for the first time. */
function keySince({ past, startedAt }: Calling): number {
  return past.underSameKey[0]?.startedAt ?? startedAt;
}

export function summary(
  passage: Calling,
  records: readonly AttemptRecord[],
  last: Attempt,
  request: PreparedRequest | undefined,
): Attempts {
  const outcome = worstOf([...passage.past.underSameKey, ...records], passage.step.idempotency !== undefined);
  const quietAfter = quietAfterOf(passage, records);
  return { records, outcome, last, ...(request && { request }), ...(quietAfter !== undefined && { quietAfter }) };
}

/** The last attempt in doubt, its deadline and the grace: until then its effect may still land, even if it is settled. */
function quietAfterOf({ step, past }: Calling, records: readonly AttemptRecord[]): number | undefined {
  if (step.effect === 'safe') return undefined;
  const longest = Math.max(...step.timeoutsMs);
  const ends = records.flatMap(({ outcome, startedAt }) =>
    outcome === 'in-doubt' ? [startedAt + longest + step.graceMs] : [],
  );
  const all = [...ends, ...past.underSameKey.flatMap(({ quietAfter }) => quietAfter ?? [])];
  return all.length === 0 ? undefined : Math.max(...all);
}

function emitAttempt(
  { task, plan, key }: Calling,
  ports: CallPorts,
  { record, why, open }: Attempt,
  attempt: number,
): void {
  const source = { runId: task.run, workflowId: plan.workflowId };
  emit(ports, source, {
    type: 'attempt-ended',
    step: key.step,
    visit: key.visit,
    attempt,
    outcome: record.outcome,
    ...(record.status !== undefined && { status: record.status }),
    ms: record.ms,
    ...(open && { breakerOpen: open }),
    ...(record.outcome !== 'applied' && { message: why }),
    ...(record.cached && { cached: record.cached }),
  });
}
