/**
 * The history events of a task: a service integration, a function called by its ARN and an activity have their own
 * event types for the same five moments.
 */
import type { Json } from '../../model/json.ts';
import type { FailureDetails } from '../history.ts';
import type { Resource, ServiceResource } from '../resource.ts';
import type { TaskRequest } from '../snapshot.ts';
import { emit, type Turn } from '../turn.ts';

const PLAIN = { function: 'LambdaFunction', activity: 'Activity' } as const;

export function scheduled(turn: Turn, after: number, resource: Resource, request: TaskRequest): number {
  if (resource.kind !== 'service') {
    const details = withLimits({ input: request.arguments, resource: resource.arn }, request);
    return emit(turn, after, `${PLAIN[resource.kind]}Scheduled`, details);
  }
  const region = turn.context.StateMachine.Id.split(':', 4)[3] ?? '';
  const details = { resource: resource.action, resourceType: resource.service, region, parameters: request.arguments };
  const roleArn = request.credentials?.['RoleArn'];
  const credited = roleArn === undefined ? details : { ...details, taskCredentials: { roleArn } };
  return emit(turn, after, 'TaskScheduled', withLimits(credited, request));
}

function withLimits<T extends object>(details: T, { timeoutSeconds, heartbeatSeconds }: TaskRequest): T & Limits {
  const limited: T & { timeoutInSeconds?: number; heartbeatInSeconds?: number } = details;
  if (timeoutSeconds !== undefined) limited.timeoutInSeconds = timeoutSeconds;
  if (heartbeatSeconds !== undefined) limited.heartbeatInSeconds = heartbeatSeconds;
  return limited;
}

interface Limits {
  readonly timeoutInSeconds?: number;
  readonly heartbeatInSeconds?: number;
}

export function started(turn: Turn, after: number, resource: Resource): number {
  return resource.kind === 'service'
    ? emit(turn, after, 'TaskStarted', taskOf(resource))
    : emit(turn, after, `${PLAIN[resource.kind]}Started`);
}

/** Only service integrations are submitted. */
export function submitted(turn: Turn, after: number, resource: Resource, output: Json): number {
  return resource.kind === 'service' ? emit(turn, after, 'TaskSubmitted', { output, ...taskOf(resource) }) : after;
}

export function succeeded(turn: Turn, after: number, resource: Resource, output: Json): number {
  return resource.kind === 'service'
    ? emit(turn, after, 'TaskSucceeded', { output, ...taskOf(resource) })
    : emit(turn, after, `${PLAIN[resource.kind]}Succeeded`, { output });
}

export function failed(turn: Turn, after: number, resource: Resource, failure: FailureDetails): number {
  return resource.kind === 'service'
    ? emit(turn, after, 'TaskFailed', { ...failure, ...taskOf(resource) })
    : emit(turn, after, `${PLAIN[resource.kind]}Failed`, failure);
}

export function timedOut(turn: Turn, after: number, resource: Resource, failure: FailureDetails): number {
  return resource.kind === 'service'
    ? emit(turn, after, 'TaskTimedOut', { ...failure, ...taskOf(resource) })
    : emit(turn, after, `${PLAIN[resource.kind]}TimedOut`, failure);
}

function taskOf(resource: ServiceResource): { readonly resource: string; readonly resourceType: string } {
  return { resource: resource.action, resourceType: resource.service };
}
