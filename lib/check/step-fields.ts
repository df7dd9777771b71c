/** Which of the fields that name a target a step has, as written: the model keeps one only when it is the only one. */
import { nearest } from '../diagnostics/words.ts';
import type { Step } from '../model/arazzo.ts';
import type { Description } from '../model/description.ts';
import { isObject } from '../model/json.ts';
import { rawAt } from './linking.ts';

const fields = ['operationId', 'operationPath', 'channelPath', 'workflowId'];

export function targetFields(description: Description, step: Step): string[] {
  return keysOf(description, step).filter((key) => fields.includes(key));
}

/** Whether a key is one of them but for its spelling: then that is the step's fault, and has been said. */
export function hasMisspeltTarget(description: Description, step: Step): boolean {
  return keysOf(description, step).some((key) => nearest(key, fields) !== undefined);
}

/** Whether it says what it does on a channel, be that a word for it or not. */
export function hasAction(description: Description, step: Step): boolean {
  return keysOf(description, step).includes('action');
}

function keysOf(description: Description, step: Step): string[] {
  const raw = rawAt(description, step.at);
  return isObject(raw) ? Object.keys(raw) : [];
}
