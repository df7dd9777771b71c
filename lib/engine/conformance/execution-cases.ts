/**
 * Kind `execution`: a definition and an input give a status, an output or an error, and a history. The history is
 * compared event by event with its ids; where the recording sorted the events of parallel branches, those are compared
 * as a set.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import { firstDifference } from '../definition/first-difference.ts';
import { detailsKey, type HistoryEvent } from '../history.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonical, isSame, mapValues } from './canonical.ts';
import type { CaseVerdict, RecordedCase } from './recorded-case.ts';
import { replayExecution } from './replayed-execution.ts';

export async function runExecutionCase(recorded: RecordedCase): Promise<CaseVerdict> {
  let replayed: Awaited<ReturnType<typeof replayExecution>>;
  try {
    replayed = await replayExecution(recorded);
  } catch (error) {
    return { difference: `did not run: ${(error as Error).message}`, parts: { outcome: false, history: false } };
  }
  const outcome = outcomeDifference(replayed.snapshot, recorded);
  const history = historyDifference(replayed.history, recorded);
  return { difference: outcome ?? history, parts: { outcome: outcome === null, history: history === null } };
}

function outcomeDifference(snapshot: Snapshot, recorded: RecordedCase): string | null {
  const expected = present({
    status: recorded['expectedStatus'],
    output: recorded['expectedOutput'],
    error: recorded['expectedError'],
    cause: recorded['expectedCause'],
  });
  const { status, output, error, cause } = snapshot;
  return difference('outcome', present({ status, output, error, cause }), expected);
}

function historyDifference(events: readonly HistoryEvent[], recorded: RecordedCase): string | null {
  const expected = recorded['expectedHistory'] as readonly JsonObject[] | undefined;
  if (expected === undefined) return null;
  const actual = events.map(recordedForm);
  if (recorded['historyOrder'] === 'branch-events-normalized') return sortedDifference(actual, expected);
  const compared = recorded['expectedStatus'] === 'RUNNING' ? actual.slice(0, expected.length) : actual;
  return difference('history', compared, expected);
}

/** As the recordings write an event: values in place of their text, no timestamps, no role. */
function recordedForm(event: HistoryEvent): JsonObject {
  const { id, previousEventId, type } = event;
  if (event.details === undefined) return { id, previousEventId, type };
  const { roleArn: _role, ...details } = event.details as JsonObject;
  return { id, previousEventId, type, [detailsKey(type)]: details };
}

/** Recorded events without ids may stand anywhere among ours without a counterpart; the recording left some out. */
function sortedDifference(actual: readonly JsonObject[], expected: readonly JsonObject[]): string | null {
  const numbered = new Set(expected.map(({ id }) => id));
  const inOrder = difference(
    'history',
    actual.filter(({ id }) => numbered.has(id)),
    expected.filter(isNumbered),
  );
  if (inOrder !== null) return inOrder;
  const rest = actual.filter(({ id }) => !numbered.has(id)).map(withoutIds);
  for (const event of expected.filter((one) => !isNumbered(one)).map(withoutIds)) {
    const index = rest.findIndex((other) => difference('', other, event) === null);
    if (index < 0) return `history: no event ${JSON.stringify(event)}`;
    rest.splice(index, 1);
  }
  const extra = rest.find(({ type }) => !UNRECORDED.has(type as string));
  return extra === undefined ? null : `history: event ${JSON.stringify(extra)} is not recorded`;
}

/** The recording took the ids away by writing 0, or a list of it. */
function isNumbered({ id }: JsonObject): boolean {
  return typeof id === 'number' && id > 0;
}

/** The normalisation dropped the events that end a Parallel. */
const UNRECORDED: ReadonlySet<string> = new Set([
  'ParallelStateSucceeded',
  'ParallelStateFailed',
  'ParallelStateExited',
]);

function withoutIds({ id: _id, previousEventId: _previous, ...event }: JsonObject): JsonObject {
  return event;
}

function difference(
  what: string,
  actual: Json | readonly JsonObject[],
  expected: Json | readonly JsonObject[],
): string | null {
  const found = firstDifference(canonical(plain(actual)), canonical(plain(expected)), { isSame });
  return found === undefined ? null : `${what}${found}`;
}

/** What is absent on our side is absent in JSON. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function present(fields: { readonly [field: string]: Json | undefined }): JsonObject {
  return mapValues(fields as JsonObject, (value) => value ?? null);
}
