/** The words for a payload that does not fit its schema, one for each kind of fault. */
import type { Json } from '../../model/json.ts';
import { unreachable } from '../../model/assert.ts';
import type { Wording } from '../code.ts';
import { kindOf, listed, quoted, typeWords } from '../words.ts';

export type UnfitPayload = {
  readonly stepId: string;
  readonly operation: string;
  /** JSON Pointer into the payload. */
  readonly where: string;
} & (
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'misspelt'; readonly name: string; readonly meant: string }
  | { readonly kind: 'wrong-type'; readonly value: Json; readonly types: readonly string[] }
  | { readonly kind: 'not-allowed'; readonly value: Json; readonly allowed: readonly Json[] }
  | { readonly kind: 'too-few'; readonly minimum: number }
);

const note = 'The system will probably refuse the request.';

export function unfitPayload(facts: UnfitPayload): Wording {
  const { stepId, operation, where } = facts;
  const place = where === '' ? 'The payload' : `\`${where}\` in the payload`;
  const of = `of step ${quoted(stepId)}`;
  switch (facts.kind) {
    case 'missing':
      return {
        headline: `${place} ${of} has no ${quoted(facts.name)}, which ${operation} requires`,
        value: facts.name,
        notes: [note],
        fix: `Add \`${facts.name}\`, or make it optional in the OpenAPI document.`,
      };
    case 'misspelt':
      return {
        headline: `${operation} declares no \`${where}\` in the payload ${of}`,
        value: facts.name,
        notes: [`It is probably ${quoted(facts.meant)} that is meant; the system may ignore what it does not know.`],
        fix: `Write ${quoted(facts.meant)}.`,
      };
    case 'wrong-type':
      return {
        headline: `${place} ${of} is ${shown(facts.value)}, where ${operation} takes ${typed(facts.types)}`,
        value: facts.value,
        notes: [note],
        fix: `Write ${typed(facts.types)}, or an expression that gives one.`,
      };
    case 'not-allowed':
      return {
        headline: `${place} ${of} is ${quoted(facts.value)}, which ${operation} does not take`,
        value: facts.value,
        notes: [note],
        fix: `Write ${listed(facts.allowed.map(quoted), 'or')}.`,
      };
    case 'too-few':
      return {
        headline: `${place} ${of} has fewer elements than ${operation} requires, which is ${facts.minimum}`,
        notes: [note],
        fix: 'Add elements, or give the list by an expression.',
      };
    default:
      return unreachable(facts, 'fault of a payload');
  }
}

function typed(types: readonly string[]): string {
  return listed(types.map(typeWords), 'or');
}

function shown(value: Json): string {
  return value !== null && typeof value === 'object' ? kindOf(value) : quoted(value);
}
