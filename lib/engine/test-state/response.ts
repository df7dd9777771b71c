/**
 * The answer, read off the stage: how the state was left (the end that was entered, the retry that is waited for, the
 * failure of the execution) and what each stage of its data flow yielded.
 */
import type { Retrier } from '../../model/asl.ts';
import type { Json } from '../../model/json.ts';
import { DISTRIBUTED_MAP_CONCURRENCY } from '../quotas.ts';
import { matches } from '../retry.ts';
import { type StateFailure, whileExecuting } from '../state-failure.ts';
import type { Performance } from './performance.ts';
import type { ErrorDetails, InspectionData, TestStateResponse } from './request.ts';
import type { Exit } from './stage.ts';

type Outcome = Omit<TestStateResponse, 'inspectionData'>;

export function responseOf(performance: Performance): TestStateResponse {
  const outcome = outcomeOf(performance);
  const isInspected = (performance.request.inspectionLevel ?? 'INFO') !== 'INFO';
  return isInspected ? { ...outcome, inspectionData: inspectionOf(performance, outcome) } : outcome;
}

function outcomeOf(performance: Performance): Outcome {
  const { status, output } = performance.snapshot;
  const failure = failureOf(performance);
  // An execution that has neither succeeded nor failed waits for a retry.
  if (status !== 'SUCCEEDED') return { status: status === 'FAILED' ? 'FAILED' : 'RETRIABLE', ...failure };
  const exit = exitTaken(performance);
  const isCaught = catchIndexOf(exit) !== undefined;
  return {
    status: isCaught ? 'CAUGHT_ERROR' : 'SUCCEEDED',
    ...(isCaught && failure),
    ...(output !== undefined && { output }),
    ...(exit !== undefined && { nextState: exit.target }),
  };
}

/** The way whose end was entered; none if the state ends its machine. */
function exitTaken({ history, stage }: Performance): Exit | undefined {
  const entered = history.findLast((event) => event.type === 'SucceedStateEntered');
  return entered?.type === 'SucceedStateEntered' ? stage.exits.get(entered.details.name) : undefined;
}

function catchIndexOf(exit: Exit | undefined): number | undefined {
  const index = /^Catch\[(\d+)\]/.exec(exit?.field ?? '')?.[1];
  return index === undefined ? undefined : Number(index);
}

type ErrorAndCause = Pick<StateFailure, 'error' | 'cause'>;

/** The last failure on record: a caught or retried one as well as that of the execution. */
function failureOf({ history, subject }: Performance): ErrorAndCause {
  const failed = history.findLast((event) => event.type.endsWith('Failed') && event.details !== undefined);
  const details: ErrorAndCause = failed === undefined ? {} : (failed.details as ErrorAndCause);
  const { error, cause } = details;
  // A test has no events: the service leaves out the sentence that names one.
  const opening = whileExecuting(subject.name, history[0]?.id ?? 0, '');
  const plain = cause?.startsWith(opening) === true ? cause.slice(opening.length) : cause;
  return { ...(error !== undefined && { error }), ...(plain !== undefined && { cause: plain }) };
}

function inspectionOf(performance: Performance, outcome: Outcome): InspectionData {
  const { request, snapshot, selected } = performance;
  const { variables } = snapshot.root;
  const errorDetails = errorDetailsOf(performance, outcome);
  return {
    input: request.input ?? {},
    ...callInspection(performance),
    ...mapInspection(performance),
    ...(selected !== undefined && { afterItemSelector: selected }),
    ...(Object.keys(variables).length > 0 && { variables }),
    ...(errorDetails !== undefined && { errorDetails }),
  };
}

/** Of a Task: what it was called with, and what came back. */
function callInspection({ subject, awaited, history }: Performance): Pick<InspectionData, 'afterArguments' | 'result'> {
  if (subject.state.Type !== 'Task' || awaited?.kind !== 'task') return {};
  const answer = history.find(
    ({ type }) => type === 'TaskSucceeded' || type === 'LambdaFunctionSucceeded' || type === 'ActivitySucceeded',
  );
  const details = answer?.details as { readonly output: Json } | undefined;
  return { afterArguments: awaited.request.arguments, ...(details !== undefined && { result: details.output }) };
}

/** Of a Map: its evaluated numbers, the tolerated failures only where it declares them. */
function mapInspection({
  subject: { state },
  awaited,
}: Performance): Pick<InspectionData, 'maxConcurrency' | 'toleratedFailureCount' | 'toleratedFailurePercentage'> {
  if (state.Type !== 'Map' || awaited?.kind !== 'mapRun') return {};
  const { concurrency, tolerance } = awaited.request;
  // The core gives the quota for 0, "as many as possible".
  const isUnbounded = concurrency === DISTRIBUTED_MAP_CONCURRENCY && state.MaxConcurrency !== concurrency;
  return {
    maxConcurrency: isUnbounded ? 0 : concurrency,
    ...(state.ToleratedFailureCount !== undefined && { toleratedFailureCount: tolerance.count }),
    ...(state.ToleratedFailurePercentage !== undefined && { toleratedFailurePercentage: tolerance.percentage }),
  };
}

/** Which retrier or catcher took the failure; a retrier is named also when its attempts are used up. */
function errorDetailsOf(performance: Performance, { status, ...failure }: Outcome): ErrorDetails | undefined {
  if (status === 'SUCCEEDED') return undefined;
  const { subject } = performance;
  const retriers: readonly Retrier[] = 'Retry' in subject.state ? (subject.state.Retry ?? []) : [];
  const retryIndex = retriers.findIndex((retrier) => matches(retrier.ErrorEquals, failure));
  const catchIndex = status === 'CAUGHT_ERROR' ? catchIndexOf(exitTaken(performance)) : undefined;
  const details: ErrorDetails = {
    ...(catchIndex !== undefined && { catchIndex }),
    ...(retryIndex >= 0 && { retryIndex }),
    ...(status === 'RETRIABLE' && { retryBackoffIntervalSeconds: backoffSeconds(performance) }),
  };
  return Object.keys(details).length > 0 ? details : undefined;
}

function backoffSeconds({ snapshot, history }: Performance): number {
  const { phase } = snapshot.root.frame;
  const now = history.at(-1)?.timestamp ?? 0;
  return phase.kind === 'retrying' ? (phase.until - now) / 1000 : 0;
}
