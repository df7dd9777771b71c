/**
 * What little we check of JSONPath states, which the engine does not run yet: paths begin with `$`, and the value of
 * a `.$` key is a path or a well-formed call of an intrinsic function. The service's findings on these are recorded,
 * so a machine on its way from JSONPath to JSONata is told the truth. Nothing here evaluates a path.
 */
import { isObject, type Json } from '../../model/json.ts';
import * as messages from './messages.ts';
import { element, member, type Place, reportSchema } from './place.ts';

export function checkPath(value: Json, place: Place, allowed: { readonly null: boolean }): void {
  if (value === null && allowed.null) return;
  if (typeof value !== 'string') reportSchema(place, messages.wrongType('STRING'));
  else if (!isPath(value) && !isIntrinsicCall(value)) reportSchema(place, messages.notAJsonPath);
}

/** A payload template: "a field whose name ends with .$ has a path or an intrinsic call as its value". */
export function checkPayloadTemplate(value: Json, place: Place): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkPayloadTemplate(item, element(place, index));
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) checkMember(key, item, place);
  }
}

function checkMember(key: string, value: Json, place: Place): void {
  if (!key.endsWith('.$')) checkPayloadTemplate(value, member(place, key));
  else if (typeof value !== 'string' || !(isPath(value) || isIntrinsicCall(value))) {
    reportSchema(place, messages.notAPathOrIntrinsic(key));
  }
}

function isPath(text: string): boolean {
  return text.startsWith('$');
}

/** `States.Name(...)` with balanced brackets outside of quotes. */
function isIntrinsicCall(text: string): boolean {
  return /^States\.[A-Za-z0-9]+\(.*\)$/s.test(text) && hasWellFormedArguments(text);
}

/** "In a string, the characters ' { } \ are escaped with a backslash": a backslash before any other is malformed. */
function hasWellFormedArguments(text: string): boolean {
  const quoted = text.match(/'(?:[^'\\]|\\.)*'/gs) ?? [];
  return quoted.every((part) => !/\\[^'{}\\]/s.test(part.replaceAll('\\\\', '')));
}
