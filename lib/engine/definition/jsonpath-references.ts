/**
 * The variables that a JSONPath state reads, found without evaluating anything: paths that begin with `$name`, alone,
 * in an intrinsic call or in a `.$` value of a payload template. (`$.x` is the input, `$$.x` the context object.)
 */
import { isObject, type Json, type JsonObject } from '../../model/json.ts';

/** Fields whose values are payload templates: inside them only `.$` keys are computed. */
const TEMPLATES: ReadonlySet<string> = new Set([
  'Assign',
  'BatchInput',
  'Credentials',
  'ItemSelector',
  'Parameters',
  'ResultSelector',
]);

/** Fields that hold other states, or text that is never a path. */
const OPAQUE: ReadonlySet<string> = new Set(['Branches', 'Comment', 'ItemProcessor', 'Iterator', 'Result']);

export function jsonPathVariables(state: JsonObject): readonly string[] {
  return Object.entries(state).flatMap(([name, value]) => fieldVariables(name, value));
}

function fieldVariables(name: string, value: Json): readonly string[] {
  if (OPAQUE.has(name)) return [];
  if (TEMPLATES.has(name)) return templateVariables(value);
  if (typeof value === 'string') return name === 'Variable' || name.endsWith('Path') ? pathVariables(value) : [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => (isObject(item) ? jsonPathVariables(item) : []));
  return isObject(value) ? jsonPathVariables(value) : [];
}

function templateVariables(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(templateVariables);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key.endsWith('.$') && typeof item === 'string' ? pathVariables(item) : templateVariables(item),
  );
}

/** Quoted text of an intrinsic call is skipped; `$$` and `$.` name no variable. */
function pathVariables(text: string): readonly string[] {
  const unquoted = text.replaceAll(/'(?:[^'\\]|\\.)*'/gs, '');
  return Array.from(unquoted.matchAll(/(?<!\$)\$(\p{ID_Start}\p{ID_Continue}*)/gu), (match) => match[1] ?? '');
}
