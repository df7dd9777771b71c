/** A step of a workflow: what it calls, with what, how its answer is judged. Arazzo 1.1.0, section 4.6.5. */
import type { Fallback, ForEach, Poll, Probe, Replacement, RequestBody, Step, StepTarget } from '../model/arazzo.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { criteria, failureActions, parameters, successActions } from './arazzo-actions.ts';
import { child, members, numberIn, objectOf, objects, type Spot, textIn, textsIn } from './spot.ts';
import { newRecord } from './tree.ts';

const targetKinds = [
  'operationId',
  'operationPath',
  'channelPath',
  'workflowId',
] as const satisfies StepTarget['kind'][];

export function stepOf(spot: Spot): Step {
  const stepId = textIn(spot, 'stepId') ?? '';
  const policy = child(spot, 'x-interlock');
  const undo = undoOf(child(policy, 'compensate'), stepId);
  const probe = probeOf(child(policy, 'probe'), stepId);
  const fallback = fallbackOf(child(policy, 'fallback'));
  const forEach = forEachOf(child(policy, 'forEach'));
  const poll = pollOf(child(policy, 'poll'), stepId);
  return {
    ...callOf(spot, stepId, policyOf(spot)),
    ...(undo && { undo }),
    ...(probe && { probe }),
    ...(fallback && { fallback }),
    ...(forEach && { forEach }),
    ...(poll && { poll }),
  };
}

/** What stands in a policy in the words of a step: `compensate`, unless it is `none`, and `probe`. */
function undoOf(spot: Spot | undefined, owner: string): Step | undefined {
  const policy = objectOf(spot);
  return spot && policy && !child(spot, 'none') ? callOf(spot, `${owner}#undo`, policy) : undefined;
}

function probeOf(spot: Spot | undefined, owner: string): Probe | undefined {
  const policy = objectOf(spot);
  if (!spot || !policy) return undefined;
  return {
    ...callOf(spot, `${owner}#probe`, policy),
    applied: criteria(child(spot, 'applied')),
    absent: criteria(child(spot, 'absent')),
  };
}

/** Of a source description. */
export function healthOf(spot: Spot | undefined, owner: string): Step | undefined {
  const policy = objectOf(spot);
  return spot && policy ? callOf(spot, `${owner}#health`, policy) : undefined;
}

function fallbackOf(spot: Spot | undefined): Fallback | undefined {
  if (!spot || !objectOf(spot)) return undefined;
  const stepId = textIn(spot, 'stepId');
  return {
    at: spot.at,
    ...(stepId !== undefined && { stepId }),
    outputs: outputsOf(spot),
    criteria: criteria(child(spot, 'criteria')),
  };
}

function pollOf(spot: Spot | undefined, owner: string): Poll | undefined {
  const policy = objectOf(spot);
  if (!spot || !policy) return undefined;
  return {
    ...callOf(spot, `${owner}#poll`, policy),
    until: criteria(child(spot, 'until')),
    failed: criteria(child(spot, 'failed')),
  };
}

function forEachOf(spot: Spot | undefined): ForEach | undefined {
  const items = child(spot, 'items');
  if (!spot || !items) return undefined;
  const key = textIn(spot, 'key');
  return { at: spot.at, items: items.value, ...(key !== undefined && { key }) };
}

function callOf(spot: Spot, stepId: string, policy: JsonObject): Step {
  const description = textIn(spot, 'description');
  const target = targetOf(spot);
  const action = textIn(spot, 'action');
  const correlationId = child(spot, 'correlationId');
  const body = child(spot, 'requestBody');
  const timeout = numberIn(spot, 'timeout');
  return {
    at: spot.at,
    stepId,
    ...(description !== undefined && { description }),
    ...(target && { target }),
    ...((action === 'send' || action === 'receive') && { action }),
    ...(correlationId && { correlationId: correlationId.value }),
    parameters: parameters(child(spot, 'parameters')),
    ...(objectOf(body) && body && { requestBody: requestBody(body) }),
    successCriteria: criteria(child(spot, 'successCriteria')),
    onSuccess: successActions(child(spot, 'onSuccess')),
    onFailure: failureActions(child(spot, 'onFailure')),
    outputs: outputsOf(spot),
    ...(timeout !== undefined && Number.isSafeInteger(timeout) && timeout >= 0 && { timeout }),
    dependsOn: textsIn(spot, 'dependsOn'),
    policy,
  };
}

export function outputsOf(spot: Spot): Map<string, Json> {
  return new Map(members(child(spot, 'outputs')).map(([name, { value }]) => [name, value]));
}

/** The value of `x-interlock`, an empty object where there is none. */
export function policyOf(spot: Spot): JsonObject {
  return objectOf(child(spot, 'x-interlock')) ?? newRecord();
}

/** "The fields operationId, operationPath, channelPath and workflowId are mutually exclusive." */
function targetOf(spot: Spot): StepTarget | undefined {
  const [kind, ...others] = targetKinds.filter((name) => child(spot, name));
  const text = kind && textIn(spot, kind);
  return kind === undefined || text === undefined || others.length > 0 ? undefined : { kind, text };
}

function requestBody(spot: Spot): RequestBody {
  const contentType = textIn(spot, 'contentType');
  const payload = child(spot, 'payload');
  return {
    at: spot.at,
    ...(contentType !== undefined && { contentType }),
    ...(payload && { payload: payload.value }),
    replacements: objects(child(spot, 'replacements')).map(replacementOf),
  };
}

function replacementOf(spot: Spot): Replacement {
  const type = child(spot, 'targetSelectorType');
  return {
    at: spot.at,
    target: textIn(spot, 'target') ?? '',
    ...(type && { targetSelectorType: type.value }),
    value: child(spot, 'value')?.value ?? null,
  };
}
