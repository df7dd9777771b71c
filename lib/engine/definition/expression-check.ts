/**
 * Expressions where they stand: every `{% %}` string of a JSONata state is parsed when the machine is created, and
 * what it refers to must exist at that place. A variable that no state assigns is only a warning, because whether it
 * has a value is a question of the path taken.
 */
import type { Json } from '../../model/json.ts';
import { expressionIn, type ExpressionReading, isUnclosed, readExpression } from './expression-reading.ts';
import type { References } from './expression-references.ts';
import { isLanguageFunction } from './language-functions.ts';
import * as messages from './messages.ts';
import { element, member, type Place, report, reportSchema, warn } from './place.ts';
import { isInScope } from './variable-scope.ts';

/** A template: any JSON, whose strings may be expressions at any depth. Keys are never evaluated. */
export function checkTemplate(value: Json, place: Place): void {
  if (typeof value === 'string') checkText(value, place);
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) checkTemplate(item, element(place, index));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) checkTemplate(item, member(place, key));
  }
}

/** A string of a JSONata state: an expression, or a literal. Answers whether it is an expression. */
export function checkText(text: string, place: Place): boolean {
  const source = expressionIn(text);
  if (source !== undefined) checkExpression(source, place);
  else if (isUnclosed(text)) reportSchema(place, messages.unclosedExpression);
  return source !== undefined || isUnclosed(text);
}

function checkExpression(source: string, place: Place): void {
  const reading = readOnce(source, place);
  if (reading.ok) checkReferences(reading.references, place);
  else report(place, 'INVALID_JSONATA_EXPRESSION', reading.message);
}

function readOnce(source: string, place: Place): ExpressionReading {
  const known = place.inspection.expressions.get(source);
  if (known !== undefined) return known;
  const reading = readExpression(source);
  place.inspection.expressions.set(source, reading);
  return reading;
}

function checkReferences(references: References, place: Place): void {
  if (references.root) report(place, 'UNSUPPORTED_JSONATA_EXPRESSION', messages.rootReference);
  for (const name of references.topLevel) {
    report(place, 'UNSUPPORTED_JSONATA_EXPRESSION', messages.topLevelReference(name));
  }
  for (const field of references.statesFields) {
    if (!hasStatesField(field, place)) {
      report(place, 'UNSUPPORTED_JSONATA_EXPRESSION', messages.absentStatesField(field));
    }
  }
  for (const name of references.variables) {
    if (!isLanguageFunction(name) && !isInScope(name, place.scope)) {
      warn(place, 'POSSIBLY_UNDEFINED_VARIABLE', messages.possiblyUndefined(name));
    }
  }
}

/** "$states.result: if successful", "$states.errorOutput: only available in a Catch". */
function hasStatesField(field: string, place: Place): boolean {
  switch (field) {
    case 'input':
    case 'context':
      return true;
    case 'result':
      return place.statesFields.result;
    case 'errorOutput':
      return place.statesFields.errorOutput;
    default:
      return false;
  }
}
