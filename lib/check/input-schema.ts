/**
 * What a workflow's inputs schema says about names, read from its root alone. A schema that is put together from others
 * (`allOf`, `$ref`, patterns) may know more names than it lists, so nothing is concluded from it.
 */
import { isObject, type Json } from '../model/json.ts';

const combining = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];

/** Whether `properties` lists every name that the schema speaks of. No schema speaks of none. */
export function isComplete(inputs: Json | undefined): boolean {
  if (inputs === undefined) return true;
  return isObject(inputs) && !combining.some((keyword) => Object.hasOwn(inputs, keyword));
}

/** Whether nothing but the listed names can be given. */
export function isClosed(inputs: Json | undefined): boolean {
  return isObject(inputs) && isComplete(inputs) && inputs['additionalProperties'] === false;
}
