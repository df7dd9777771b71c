/**
 * The shape of an object of the language as a table: which fields it may have and in which query language, which it
 * must have, which exclude each other, and what holds between them. One function reads the tables; the order of its
 * five questions is the order in which the service reports.
 */
import type { QueryLanguage } from '../../model/asl.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import * as messages from './messages.ts';
import { member, type Place, reportSchema } from './place.ts';

export type FieldCheck = (value: Json, place: Place) => void;

export interface FieldRule {
  readonly check: FieldCheck;
  /** The one query language that knows this field. */
  readonly only?: QueryLanguage;
}

export interface Exclusion {
  readonly fields: readonly string[];
  /** Whether one of them must be there. */
  readonly needed: boolean;
}

export interface ObjectRule {
  readonly fields: Readonly<Record<string, FieldRule>>;
  readonly required?: readonly string[];
  readonly exclusive?: readonly Exclusion[];
  /** What holds between fields. */
  readonly also?: (object: JsonObject, place: Place) => void;
}

export interface ObjectOptions {
  /** A state that may not be JSONPath at all is not told about each field that JSONPath forbids. */
  readonly ignoreLanguages?: boolean;
}

export function checkObject(value: Json, rule: ObjectRule, place: Place, options: ObjectOptions = {}): void {
  if (!isObject(value)) {
    reportSchema(place, messages.wrongType('OBJECT'));
    return;
  }
  if (options.ignoreLanguages !== true) checkLanguages(value, rule, place);
  checkKnown(value, rule, place);
  checkRequired(value, rule, place);
  for (const exclusion of rule.exclusive ?? []) checkExclusion(value, exclusion, place);
  checkFields(value, rule, place);
  rule.also?.(value, place);
}

/** A check that asks for an object of this shape. */
export function object(rule: ObjectRule): FieldCheck {
  return (value, place) => checkObject(value, rule, place);
}

export function has(target: JsonObject, field: string): boolean {
  return Object.hasOwn(target, field);
}

function ruleFor(rule: ObjectRule, field: string): FieldRule | undefined {
  return Object.hasOwn(rule.fields, field) ? rule.fields[field] : undefined;
}

function isForeign(field: FieldRule, place: Place): boolean {
  return field.only !== undefined && field.only !== place.language;
}

function checkLanguages(target: JsonObject, rule: ObjectRule, place: Place): void {
  for (const name of Object.keys(target)) {
    const field = ruleFor(rule, name);
    if (field !== undefined && isForeign(field, place)) {
      reportSchema(place, messages.wrongLanguage(name, place.language));
    }
  }
}

function checkKnown(target: JsonObject, rule: ObjectRule, place: Place): void {
  for (const name of Object.keys(target)) {
    if (ruleFor(rule, name) === undefined) reportSchema(place, messages.unsupportedField(name));
  }
}

function checkRequired(target: JsonObject, rule: ObjectRule, place: Place): void {
  const missing = (rule.required ?? []).filter((name) => !has(target, name));
  if (missing.length > 0) reportSchema(place, messages.requiredFields(missing));
}

function checkExclusion(target: JsonObject, exclusion: Exclusion, place: Place): void {
  // `End: false` says as little as no End.
  const present = exclusion.fields.filter((name) => has(target, name) && target[name] !== false);
  if (present.length > 1) reportSchema(place, messages.severalOf(exclusion.fields));
  if (present.length === 0 && exclusion.needed) reportSchema(place, messages.noneOf(exclusion.fields));
}

function checkFields(target: JsonObject, rule: ObjectRule, place: Place): void {
  for (const [name, value] of Object.entries(target)) {
    const field = ruleFor(rule, name);
    if (field !== undefined && !isForeign(field, place)) field.check(value, member(place, name));
  }
}
