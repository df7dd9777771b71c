/** Which of the fields that name a target a step has, as written: the model keeps one only when it is the only one. */
import { nearest } from '../diagnostics/words.ts';
import type { Step } from '../model/arazzo.ts';
import type { Description } from '../model/description.ts';
import { isObject } from '../model/json.ts';
import { rawAt } from './linking.ts';

const fields = ['operationId', 'operationPath', 'channelPath', 'workflowId'];

export function targetFields(description: Description, step: Step): string[] {
  const raw = rawAt(description, step.at);
  return isObject(raw) ? fields.filter((field) => Object.hasOwn(raw, field)) : [];
}

/** A key that was probably meant to be one of these fields: the structural check has said so, at the key. */
export function hasMisspeltTarget(description: Description, step: Step): boolean {
  const raw = rawAt(description, step.at);
  return isObject(raw) && Object.keys(raw).some((key) => !key.startsWith('x-') && nearest(key, fields) !== undefined);
}
