/**
 * The kinds of values that fields hold: texts, flags, numbers in a range, timestamps, templates, lists. Each check
 * reports at the field's own place. Where a JSONata state may compute a value, its `{% %}` string is checked as an
 * expression instead of as a literal.
 */
import { isObject, type Json } from '../../model/json.ts';
import { checkTemplate, checkText } from './expression-check.ts';
import { checkPath, checkPayloadTemplate } from './jsonpath-check.ts';
import * as messages from './messages.ts';
import type { FieldCheck } from './object-rule.ts';
import { element, member, type Place, reportSchema, type StatesFields } from './place.ts';
import { isTimestamp } from './timestamp.ts';
import { checkVariableName, variableOf } from './variable-scope.ts';

export interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
}

export const text: FieldCheck = (value, place) => {
  if (typeof value !== 'string') reportSchema(place, messages.wrongType('STRING'));
};

export const flag: FieldCheck = (value, place) => {
  if (typeof value !== 'boolean') reportSchema(place, messages.wrongType('BOOLEAN'));
};

export function choiceOf(values: readonly string[]): FieldCheck {
  return (value, place) => {
    if (typeof value !== 'string') reportSchema(place, messages.wrongType('STRING'));
    else if (!values.includes(value)) reportSchema(place, messages.notOneOf(values));
  };
}

export function integer(range: Range): FieldCheck {
  return (value, place) => {
    if (typeof value === 'number' && Number.isInteger(value)) checkRange(value, range, place);
    else reportSchema(place, messages.notAnInteger);
  };
}

export function number(range: Range): FieldCheck {
  return (value, place) => {
    if (typeof value === 'number') checkRange(value, range, place);
    else reportSchema(place, messages.wrongType('NUMBER'));
  };
}

function checkRange(value: number, range: Range, place: Place): void {
  if (range.minimum !== undefined && value < range.minimum) reportSchema(place, messages.belowMinimum(range.minimum));
  if (range.maximum !== undefined && value > range.maximum) reportSchema(place, messages.aboveMaximum(range.maximum));
}

/** The check of the literal, unless the state is JSONata and the value an expression. */
export function computed(literal: FieldCheck): FieldCheck {
  return (value, place) => {
    const isComputed = place.language === 'JSONata' && typeof value === 'string' && checkText(value, place);
    if (!isComputed) literal(value, place);
  };
}

export const timestamp: FieldCheck = computed((value, place) => {
  if (typeof value !== 'string' || !isTimestamp(value)) reportSchema(place, messages.notATimestamp);
});

/** "Condition: a boolean, or a JSONata string that MUST evaluate to one." */
export const condition: FieldCheck = computed((value, place) => {
  if (typeof value === 'string') reportSchema(place, messages.unclosedExpression);
  else if (typeof value !== 'boolean') reportSchema(place, messages.wrongType('BOOLEAN'));
});

/** "Items: a JSON array, a JSON object, or a JSONata string that MUST evaluate to one." */
export const items: FieldCheck = (value, place) => {
  if (typeof value === 'string' && !checkText(value, place)) reportSchema(place, messages.unclosedExpression);
  else if (Array.isArray(value) || isObject(value)) checkTemplate(value, place);
  else if (typeof value !== 'string') reportSchema(place, messages.wrongType('ARRAY'));
};

/** A payload: a JSONata template, or a JSONPath payload template. */
export function template(statesFields?: StatesFields): FieldCheck {
  return (value, place) => {
    const here = statesFields === undefined ? place : { ...place, statesFields };
    checkPayload(value, here);
  };
}

function checkPayload(value: Json, place: Place): void {
  if (place.language === 'JSONata') checkTemplate(value, place);
  else checkPayloadTemplate(value, place);
}

/** Assign: each key a variable of this scope, each value a payload. */
export function assignments(statesFields?: StatesFields): FieldCheck {
  return (value, place) => {
    if (!isObject(value)) {
      reportSchema(place, messages.wrongType('OBJECT'));
      return;
    }
    const here = statesFields === undefined ? place : { ...place, statesFields };
    for (const [key, item] of Object.entries(value)) {
      checkVariableName(here.language === 'JSONPath' ? variableOf(key) : key, member(here, key));
      if (here.language === 'JSONata') checkTemplate(item, member(here, key));
    }
    if (here.language === 'JSONPath') checkPayloadTemplate(value, here);
  };
}

export function list(check: FieldCheck, options: { readonly needed: boolean }): FieldCheck {
  return (value, place) => {
    if (!Array.isArray(value)) reportSchema(place, messages.wrongType('ARRAY'));
    else if (value.length === 0 && options.needed) reportSchema(place, messages.emptyValue);
    else for (const [index, item] of value.entries()) check(item, element(place, index));
  };
}

/** A JSONPath to a value. */
export const path: FieldCheck = (value, place) => checkPath(value, place, { null: false });

/** A JSONPath, or null for "nothing" (InputPath, OutputPath, ResultPath). */
export const pathOrNull: FieldCheck = (value, place) => checkPath(value, place, { null: true });

export const anObject: FieldCheck = (value, place) => {
  if (!isObject(value)) reportSchema(place, messages.wrongType('OBJECT'));
};

/** Any JSON; what it means is none of the definition's business. */
export const anything: FieldCheck = () => {};
