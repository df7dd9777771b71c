/** The Task states' common part: a call of one of our functions with the payload that lib/model/task.ts types. */
import type { Template } from '../model/asl.ts';
import type { JsonObject } from '../model/json.ts';
import { callPlaceholder, CORE, placeholder } from '../model/placeholders.ts';
import { jsonata, text } from './jsonata.ts';

export const INVOKE = 'arn:aws:states:::lambda:invoke';

const EXECUTION = '$states.context.Execution';

/** What every task is told about the run: never the input itself, which stays in the journal. */
const RUN: { readonly [key: string]: Template } = {
  run: jsonata(`${EXECUTION}.Input.run`),
  epoch: jsonata(`${EXECUTION}.Input.epoch`),
  plan: jsonata(`${EXECUTION}.Input.plan`),
};

export const EXECUTION_ID: string = jsonata(`${EXECUTION}.Id`);

export function payload(op: string, more: { readonly [key: string]: Template }): JsonObject {
  return { op, ...RUN, ...more };
}

interface Invocation {
  readonly Resource: string;
  readonly Arguments: JsonObject;
}

export function invoke(functionName: string, sent: JsonObject): Invocation {
  return { Resource: INVOKE, Arguments: { FunctionName: placeholder(functionName), Payload: sent } };
}

/** The call function of the system that an expression names. The placeholders are filled in inside the expression. */
export function invokeSystem(systems: readonly string[], name: string, sent: JsonObject): Invocation {
  const functions = systems.map((system) => `${text(system)}: ${text(placeholder(callPlaceholder(system)))}`);
  const FunctionName = jsonata(`$lookup({${functions.join(', ')}}, ${name})`);
  return { Resource: INVOKE, Arguments: { FunctionName, Payload: sent } };
}

export function invokeCore(op: string, more: { readonly [key: string]: Template }): Invocation {
  return invoke(CORE, payload(op, more));
}

/** From a task's result to what the handler answered. */
export const ANSWER = '$states.result.Payload';
