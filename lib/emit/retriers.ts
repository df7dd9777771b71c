/**
 * The Retry lists of our tasks. They match the names that Lambda itself fails with and the few of ours that mean "not
 * now"; never States.ALL on a call, which would match an error of the state's own Output and call again
 * (run-contract section 10). The Leased retrier outlasts lease plus grace: that is asserted here.
 */
import { ErrorName, type Retrier } from '../model/asl.ts';
import { assert } from '../model/assert.ts';
import type { PlanBatches } from '../model/plan.ts';
import { TaskError } from '../model/task.ts';

/** Faults of the function's host. The handler may have run all the same: the journal tells, not the machine. */
const HOST_FAULTS: Retrier = {
  ErrorEquals: [
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.Unknown',
    'Sandbox.Timedout',
    ErrorName.Timeout,
  ],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxDelaySeconds: 20,
  JitterStrategy: 'FULL',
  MaxAttempts: 5,
};

const LEASED = { IntervalSeconds: 5, BackoffRate: 1.5, MaxDelaySeconds: 30 };

export function callRetriers(leaseMs: number, graceMs: number): readonly Retrier[] {
  return [{ ErrorEquals: [TaskError.Leased], ...outlasting(leaseMs + graceMs) }, HOST_FAULTS];
}

/**
 * Of a step with a list, whose state may do a batch. Each invocation does one group at least, so there are never more of
 * them than groups; and of each group an invocation may be lost, whose lease is waited for.
 */
export function batchRetriers(leaseMs: number, graceMs: number, { size, group }: PlanBatches): readonly Retrier[] {
  const groups = Math.ceil(size / group);
  const more: Retrier = { ErrorEquals: [TaskError.More], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: groups };
  const leased = outlasting(leaseMs + graceMs);
  const again = { ...leased, MaxAttempts: groups * leased.MaxAttempts };
  return [{ ErrorEquals: [TaskError.Leased], ...again }, HOST_FAULTS, more];
}

type Outlasting = Required<Pick<Retrier, 'IntervalSeconds' | 'BackoffRate' | 'MaxDelaySeconds' | 'MaxAttempts'>>;

function outlasting(ms: number): Outlasting {
  const needed = ms / 1000;
  let waited = 0;
  let attempts = 0;
  for (let delay = LEASED.IntervalSeconds; waited <= needed; delay *= LEASED.BackoffRate) {
    waited += Math.min(delay, LEASED.MaxDelaySeconds);
    attempts += 1;
  }
  assert(waited > needed, 'the retries of a leased call outlast its lease and grace');
  return { ...LEASED, MaxAttempts: attempts };
}

/** A time that is up is an answer here, and no fault. */
export const AWAIT_RETRIERS: readonly Retrier[] = [
  { ...HOST_FAULTS, ErrorEquals: HOST_FAULTS.ErrorEquals.filter((name) => name !== ErrorName.Timeout) },
];

/** Closing decides nothing twice, so whatever is not a verdict is tried again. */
export const CLOSE_RETRIERS: readonly Retrier[] = [
  { ErrorEquals: [TaskError.Fenced, TaskError.StaleEpoch, TaskError.RunInvalid], MaxAttempts: 0 },
  { ErrorEquals: [ErrorName.All], IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 30, MaxAttempts: 8 },
];

/** As closing; that the lock was not free in time is a verdict, too. */
export const LOCK_RETRIERS: readonly Retrier[] = [
  {
    ErrorEquals: [TaskError.Fenced, TaskError.StaleEpoch, TaskError.RunInvalid, TaskError.Locked],
    MaxAttempts: 0,
  },
  { ErrorEquals: [ErrorName.All], IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 30, MaxAttempts: 8 },
];

export const RAISE_RETRIERS: readonly Retrier[] = [{ ErrorEquals: [ErrorName.All], MaxAttempts: 3 }];

/** Settle and the dead letter must get through: together about half an hour of trying. */
export const PERSISTENT_RETRIERS: readonly Retrier[] = [
  { ErrorEquals: [ErrorName.All], IntervalSeconds: 2, BackoffRate: 2, MaxDelaySeconds: 120, MaxAttempts: 12 },
];

/** In an express execution, where time is short and whoever takes over tries again. */
export const BRIEF_RETRIERS: readonly Retrier[] = [
  {
    ErrorEquals: [ErrorName.All],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxDelaySeconds: 8,
    JitterStrategy: 'FULL',
    MaxAttempts: 5,
  },
];

/** That the undo machine has been begun already is what was asked for. */
export const HAND_OVER_RETRIERS: readonly Retrier[] = [
  { ErrorEquals: ['Sfn.ExecutionAlreadyExistsException'], MaxAttempts: 0 },
  ...BRIEF_RETRIERS,
];

/** Of a wave's entry. What is not ready when they are used up, Settle asks for again. */
export function undoRetriers(leaseMs: number, graceMs: number): readonly Retrier[] {
  return [
    { ErrorEquals: [TaskError.Later, TaskError.Leased], ...outlasting(leaseMs + graceMs) },
    { ErrorEquals: [TaskError.StaleEpoch, TaskError.RunInvalid], MaxAttempts: 0 },
    { ErrorEquals: [ErrorName.All], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 4 },
  ];
}
