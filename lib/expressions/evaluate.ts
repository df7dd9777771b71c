/**
 * Value and scope to JSON. A whole expression keeps its type; embedded ones become text. An expression, template or
 * selector without a value is missing, with a reason; inside an object or array it becomes null and is listed, because
 * whether null may be sent is the caller's decision (never in an undo, a path parameter or a key).
 */
import { unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { Field, TemplateValue, Value } from '../model/value.ts';
import { type Found, found, missing } from './found.ts';
import { lookUp } from './look-up.ts';
import type { Path } from './problem.ts';
import type { Scope } from './scope.ts';
import { selectValue } from './select.ts';
import { MAX_TEXT_LENGTH, stringify } from './stringify.ts';

export type Evaluated =
  | { readonly found: true; readonly value: Json; readonly missing: readonly Missing[] }
  | { readonly found: false; readonly why: string };

/** A member that became null for want of a value. */
export interface Missing {
  readonly path: Path;
  readonly why: string;
}

export function evaluate(value: Value, scope: Scope): Evaluated {
  const gaps: Missing[] = [];
  const outcome = evaluateAt(value, scope, [], gaps);
  return outcome.found ? { ...outcome, missing: gaps } : outcome;
}

/** One expression, by its text. */
export function evaluateText(text: string, scope: Scope): Found {
  return named(text, lookUp(text, scope));
}

function evaluateAt(value: Value, scope: Scope, path: Path, gaps: Missing[]): Found {
  switch (value.kind) {
    case 'literal':
      return found(value.value);
    case 'expression':
      return evaluateText(value.text, scope);
    case 'template':
      return renderTemplate(value, scope);
    case 'selector':
      return named(`${value.selector} of ${value.context}`, selectValue(value, scope));
    case 'array':
      return found(value.items.map((item, index) => orNull(item, scope, [...path, index], gaps)));
    case 'object':
      return found(objectOf(value.fields, scope, path, gaps));
    default:
      return unreachable(value, 'value');
  }
}

/** Own members, whatever their names. */
function objectOf(fields: readonly Field[], scope: Scope, path: Path, gaps: Missing[]): Json {
  const members = fields.map(({ name, value }) => [name, orNull(value, scope, [...path, name], gaps)] as const);
  return Object.fromEntries(members);
}

function orNull(value: Value, scope: Scope, path: Path, gaps: Missing[]): Json {
  const outcome = evaluateAt(value, scope, path, gaps);
  if (outcome.found) return outcome.value;
  gaps.push({ path, why: outcome.why });
  return null;
}

function renderTemplate({ parts }: TemplateValue, scope: Scope): Found {
  let text = '';
  for (const part of parts) {
    const looked = typeof part === 'string' ? found(part) : evaluateText(part.text, scope);
    if (!looked.found) return looked;
    const rendered = stringify(looked.value);
    if (rendered === undefined) return missing('a value is nested too deeply to become text');
    text += rendered;
    if (text.length > MAX_TEXT_LENGTH) return missing(`the text would have more than ${MAX_TEXT_LENGTH} characters`);
  }
  return found(text);
}

function named(text: string, outcome: Found): Found {
  return outcome.found ? outcome : missing(`${text} is missing: ${outcome.why}`);
}
