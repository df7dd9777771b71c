/**
 * What the service asks of a TestState request beyond its definition: which states need a mock and which take none,
 * what a mock looks like, what a given context object may contain. The sentences are the service's as far as they
 * were recorded; the first fault ends it. Nothing is run here.
 */
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ServiceError } from '../definition/service-answers.ts';
import { readResource } from '../definition/integrations.ts';
import { resultFault } from './result-shapes.ts';
import type { Mock, TestStateRequest } from './request.ts';
import type { Subject } from './subject.ts';

type Check = (request: TestStateRequest, subject: Subject) => ServiceError | undefined;

export function requestFault(request: TestStateRequest, subject: Subject): ServiceError | undefined {
  for (const check of CHECKS) {
    const fault = check(request, subject);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const CHECKS: readonly Check[] = [
  checkFailureCount,
  checkMockIsNeeded,
  checkMockIsAllowed,
  checkSecrets,
  checkMock,
  checkRole,
  checkPattern,
  checkContext,
];

function invalid(message: string): ServiceError {
  return { code: 'ValidationException', message };
}

function checkFailureCount({ mock, stateConfiguration }: TestStateRequest): ServiceError | undefined {
  const isWithoutMock = stateConfiguration?.mapIterationFailureCount !== undefined && mock === undefined;
  return isWithoutMock
    ? invalid('TestState does not support MapIterationFailureCount when a mock is not specified.')
    : undefined;
}

const UNMOCKED = '[Task, Wait, Pass, Succeed, Fail, Choice]';

function checkMockIsNeeded({ mock }: TestStateRequest, { state }: Subject): ServiceError | undefined {
  if (mock !== undefined || (state.Type !== 'Map' && state.Type !== 'Parallel')) return undefined;
  const message = `TestState API does not support Map or Parallel states. Supported state types include: ${UNMOCKED}`;
  return { code: 'InvalidDefinition', message };
}

function checkMockIsAllowed({ mock }: TestStateRequest, { state }: Subject): ServiceError | undefined {
  const isMockable = state.Type === 'Task' || state.Type === 'Map' || state.Type === 'Parallel';
  if (mock === undefined || isMockable) return undefined;
  return invalid(`State type '${state.Type}' is not supported when a mock is specified`);
}

function checkSecrets({ mock, revealSecrets }: TestStateRequest): ServiceError | undefined {
  if (mock === undefined || revealSecrets !== true) return undefined;
  return invalid('TestState does not support RevealSecrets when a mock is specified.');
}

function checkMock({ mock }: TestStateRequest, subject: Subject): ServiceError | undefined {
  if (mock === undefined) return undefined;
  if ((mock.result === undefined) === (mock.errorOutput === undefined)) {
    return invalid('A test mock should have only one of the following fields: [result, errorOutput].');
  }
  return mock.result === undefined ? undefined : checkResult(mock, subject);
}

function checkResult(mock: Mock, { state }: Subject): ServiceError | undefined {
  const { result, fieldValidationMode = 'STRICT' } = mock;
  if (result === undefined) return undefined;
  switch (state.Type) {
    case 'Map':
      return state.ResultWriter === undefined ? checkArray(result) : checkObject(result);
    case 'Parallel':
      return checkArray(result) ?? checkBranches(result, state.Branches.length);
    case 'Task': {
      const fault = resultFault(state.Resource, result, fieldValidationMode);
      return fault === undefined ? undefined : invalid(`Mock result schema validation error: ${fault}`);
    }
    default:
      return undefined;
  }
}

function checkArray(result: unknown): ServiceError | undefined {
  return Array.isArray(result) ? undefined : invalid('Mocked result must be an array.');
}

function checkObject(result: unknown): ServiceError | undefined {
  return isObject(result) ? undefined : invalid('Mocked result must be a JSON object.');
}

function checkBranches(result: unknown, branches: number): ServiceError | undefined {
  if (Array.isArray(result) && result.length === branches) return undefined;
  return invalid('Mocked result must contain the same number of items as number of Parallel branches.');
}

function checkRole({ mock, roleArn }: TestStateRequest, { state }: Subject): ServiceError | undefined {
  if (state.Type !== 'Task' || mock !== undefined || roleArn !== undefined) return undefined;
  return invalid('RoleArn must be specified when testing a Task state');
}

/** A job or a callback ends long after the test: only its mock can be waited for. */
function checkPattern({ mock }: TestStateRequest, { state }: Subject): ServiceError | undefined {
  if (state.Type !== 'Task' || mock !== undefined || patternOf(state.Resource) === undefined) return undefined;
  const message = "TestState API does not support '.sync' or '.waitForTaskToken' integration patterns.";
  return { code: 'InvalidDefinition', message };
}

function patternOf(arn: string): string | undefined {
  const resource = readResource(arn);
  return resource?.kind === 'service' ? resource.pattern : undefined;
}

/** The members that a given context object may have, and theirs. */
const CONTEXT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Execution: ['Id', 'Input', 'Name', 'RoleArn', 'StartTime', 'RedriveCount', 'RedriveTime'],
  State: ['EnteredTime', 'Name', 'RetryCount'],
  StateMachine: ['Id', 'Name'],
  Task: ['Token'],
};

function checkContext({ context }: TestStateRequest, { state }: Subject): ServiceError | undefined {
  if (context === undefined) return undefined;
  const fault = Object.hasOwn(context, 'Map')
    ? "'Map' field is not supported when mocking a Context object"
    : (unknownField(context) ?? strayToken(context, state.Type === 'Task' ? patternOf(state.Resource) : undefined));
  return fault === undefined ? undefined : invalid(`Invalid Context object provided: ${fault}`);
}

function unknownField(context: JsonObject): string | undefined {
  for (const [name, value] of Object.entries(context)) {
    const known = Object.hasOwn(CONTEXT_FIELDS, name) ? CONTEXT_FIELDS[name] : undefined;
    const unknown =
      known === undefined ? name : Object.keys(isObject(value) ? value : {}).find((key) => !known.includes(key));
    if (unknown !== undefined) return `Field '${unknown}' is not allowed`;
  }
  return undefined;
}

function strayToken(context: JsonObject, pattern: string | undefined): string | undefined {
  if (!Object.hasOwn(context, 'Task') || pattern !== undefined) return undefined;
  return "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern";
}
