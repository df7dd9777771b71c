/**
 * How the test begins: a snapshot that stands before the tested state, with the variables, the context object and the
 * number of retries that the request asks for. It waits for a retry that is due at once, because that is a snapshot
 * which the core can take up without an execution having been started.
 */
import type { Json, JsonObject } from '../../model/json.ts';
import type { Random } from '../../model/time.ts';
import { timerId } from '../effect.ts';
import type { Machine } from '../machine.ts';
import { sizeWithin } from '../json-size.ts';
import { VARIABLES_BYTES } from '../quotas.ts';
import type { ExecutionContext, Frame, Snapshot } from '../snapshot.ts';
import { newScope } from '../strands.ts';
import type { TestStateRequest } from './request.ts';
import type { Subject } from './subject.ts';

export interface Opening {
  readonly snapshot: Snapshot;
  readonly event: { readonly type: 'timerFired'; readonly timer: string };
}

/** Who and when the test is: what the context object says. */
export interface Identity {
  readonly time: number;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
}

const FIRST = '#1';

export function openingOf(request: TestStateRequest, subject: Subject, machine: Machine, identity: Identity): Opening {
  const { input = {}, variables = {} } = request;
  const size = sizeWithin(variables, VARIABLES_BYTES);
  const scope = newScope(machine, input, 0);
  const phase = { kind: 'retrying' as const, id: FIRST, until: identity.time };
  const snapshot: Snapshot = {
    status: 'RUNNING',
    context: contextOf(request, input, identity),
    definitionHash: machine.hash,
    seed: Math.floor(identity.random.next() * 2 ** 32),
    lastEventId: 0,
    variablesSize: size,
    root: { ...scope, variables, size, serial: 1, frame: { ...scope.frame, ...retriesOf(request, subject), phase } },
  };
  return { snapshot, event: { type: 'timerFired', timer: timerId('retry', FIRST) } };
}

/** "retrierRetryCount: the number of retry attempts that have occurred": by whichever retrier will be asked. */
function retriesOf(
  { stateConfiguration }: TestStateRequest,
  { state }: Subject,
): Pick<Frame, 'retries' | 'retryCount'> {
  const retryCount = stateConfiguration?.retrierRetryCount ?? 0;
  const retriers = 'Retry' in state ? (state.Retry ?? []) : [];
  return { retries: retriers.map(() => retryCount), retryCount };
}

/** The service tests as if in an Express execution; a given context object takes the place of all of it. */
function contextOf(
  { context, roleArn }: TestStateRequest,
  input: Json,
  { time, random, region, accountId }: Identity,
): ExecutionContext {
  const arn = `arn:aws:states:${region}:${accountId}`;
  const machine = random.uuid();
  const execution = random.uuid();
  const made: JsonObject = {
    Execution: {
      Id: `${arn}:express:${machine}:${execution}`,
      Input: input,
      Name: execution,
      ...(roleArn !== undefined && { RoleArn: roleArn }),
      StartTime: new Date(time).toISOString(),
    },
    StateMachine: { Id: `${arn}:stateMachine:${machine}`, Name: machine },
  };
  // An Express execution has no RedriveCount, and the service leaves out a role that it was not given.
  return { ...made, ...(context !== undefined && { given: context }) } as unknown as ExecutionContext;
}
