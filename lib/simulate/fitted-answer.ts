/**
 * An answer for which criteria hold, made from one for which they do not: statuses and members that conditions name are
 * set to what the conditions ask for, lists are tried full and empty. The criteria themselves decide, evaluated as a run
 * evaluates them; what cannot be made is said, never passed off.
 */
import { evaluateCriteria } from '../expressions/criterion.ts';
import { lookUp } from '../expressions/look-up.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Condition, Operator } from '../expressions/simple/condition.ts';
import { parseCondition } from '../expressions/simple/parse.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Criterion } from '../model/value.ts';
import { emptied, withLeaf } from './json-leaves.ts';

export interface SimulatedAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: Json;
  readonly headers: { readonly [name: string]: string };
}

/** `scope` is everything but the answer. */
export function fitted(
  answer: SimulatedAnswer,
  criteria: readonly Criterion[],
  scope: Scope,
): SimulatedAnswer | undefined {
  for (const shape of shapesOf(answer)) {
    const made = criteria.reduce((one, criterion) => repaired(one, criterion, scope), shape);
    if (isFit(made, criteria, scope)) return made;
    if (isFit(shape, criteria, scope)) return shape;
  }
  return undefined;
}

export function isFit(answer: SimulatedAnswer, criteria: readonly Criterion[], scope: Scope): boolean {
  return evaluateCriteria(criteria, scopeWith(scope, answer)).met;
}

export function scopeWith(scope: Scope, { status, body, headers, contentType }: SimulatedAnswer): Scope {
  const header = { ...headers, ...(contentType !== undefined && { 'content-type': contentType }) };
  const response = { header, ...(body !== undefined && { body }) };
  const message = { header, ...(body !== undefined && { payload: body, body }) };
  return { ...scope, statusCode: status, response, message };
}

/** A good answer with criteria that do not hold: done, and not as anybody wants it. */
export function unfitted(
  answer: SimulatedAnswer,
  criteria: readonly Criterion[],
  scope: Scope,
): SimulatedAnswer | undefined {
  const odd = criteria.reduce((one, criterion) => repaired(one, criterion, scope, true), answer);
  const other = answer.status === 200 ? 202 : 200;
  return [odd, { ...answer, body: {} }, { ...answer, status: other }]
    .map((one) => ({ ...one, status: one.status >= 200 && one.status <= 299 ? one.status : answer.status }))
    .find((one) => !isFit(one, criteria, scope));
}

function shapesOf(answer: SimulatedAnswer): readonly SimulatedAnswer[] {
  const { body } = answer;
  if (body === undefined) return [answer, { ...answer, status: 404 }];
  return [answer, { ...answer, body: emptied(body) }, { ...answer, body: {} }, { ...answer, status: 404 }];
}

function repaired(answer: SimulatedAnswer, criterion: Criterion, scope: Scope, isOdd = false): SimulatedAnswer {
  if (criterion.type === 'simple') {
    const parsed = parseCondition(criterion.condition);
    return parsed.ok ? satisfied(answer, parsed.condition, { scope, isOdd }) : answer;
  }
  if (criterion.type !== 'jsonpath' || answer.body === undefined) return answer;
  const body = namedIn(criterion.condition).reduce((one, [name, value]) => withMember(one, name, value), answer.body);
  return isOdd ? answer : { ...answer, body };
}

interface Wanted {
  readonly scope: Scope;
  /** The opposite is wanted. */
  readonly isOdd: boolean;
}

function satisfied(answer: SimulatedAnswer, condition: Condition, wanted: Wanted): SimulatedAnswer {
  switch (condition.kind) {
    case 'and':
      return condition.parts.reduce((one, part) => satisfied(one, part, wanted), answer);
    case 'or': {
      const [first] = condition.parts;
      return first && !wanted.isOdd ? satisfied(answer, first, wanted) : answer;
    }
    case 'compare':
      return compared(answer, condition, wanted);
    case 'reading':
    case 'member':
      return placed(answer, condition, !wanted.isOdd);
    case 'not':
      return placed(answer, condition.part, wanted.isOdd);
    default:
      return answer;
  }
}

function compared(
  answer: SimulatedAnswer,
  { left, right, operator }: Extract<Condition, { kind: 'compare' }>,
  { scope, isOdd }: Wanted,
): SimulatedAnswer {
  const seen = scopeWith(scope, answer);
  const chosen = isOdd ? OPPOSITE[operator] : operator;
  const isStatus = left.kind === 'reading' && left.expression.source === 'statusCode';
  if (isStatus) return isOdd ? answer : statusSet(answer, chosen, valueOf(right, seen));
  if (isOfAnswer(left)) return placed(answer, left, fitting(chosen, valueOf(right, seen)));
  return isOfAnswer(right) ? placed(answer, right, fitting(MIRRORED[chosen], valueOf(left, seen))) : answer;
}

const OPPOSITE: { readonly [O in Operator]: Operator } = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
const MIRRORED: { readonly [O in Operator]: Operator } = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function statusSet(answer: SimulatedAnswer, operator: Operator, value: Json): SimulatedAnswer {
  const status = fitting(operator, value);
  const isNeeded = operator === '==' || operator === '!=' ? true : !holds(answer.status, operator, Number(value));
  return isNeeded && typeof status === 'number' ? { ...answer, status } : answer;
}

function holds(left: number, operator: Operator, right: number): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** A value that stands in this relation to another one. */
function fitting(operator: Operator, value: Json): Json {
  const above = operator === '>' ? 1 : 0;
  const below = operator === '<' ? 1 : 0;
  if (operator !== '!=') return typeof value === 'number' ? value + above - below : value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return value === null ? 'something' : 'something-else';
}

/** Undefined: it is no part of an answer's body. */
function wayInto(condition: Condition): readonly string[] | undefined {
  if (condition.kind === 'member') {
    const way = wayInto(condition.of);
    return way && [...way, condition.token];
  }
  if (condition.kind !== 'reading') return undefined;
  const { expression } = condition;
  if (expression.source !== 'response' && expression.source !== 'message') return undefined;
  if (expression.part !== 'body' && expression.part !== 'payload') return undefined;
  return [...expression.pointer, ...expression.trail];
}

function headerOf(condition: Condition): string | undefined {
  if (condition.kind !== 'reading') return undefined;
  const { expression } = condition;
  if (expression.source !== 'response' && expression.source !== 'message') return undefined;
  return expression.part === 'header' ? expression.name.toLowerCase() : undefined;
}

function isOfAnswer(condition: Condition): boolean {
  return wayInto(condition) !== undefined || headerOf(condition) !== undefined;
}

function placed(answer: SimulatedAnswer, condition: Condition, value: Json): SimulatedAnswer {
  const header = headerOf(condition);
  if (header !== undefined) return { ...answer, headers: { ...answer.headers, [header]: String(value) } };
  const way = wayInto(condition);
  if (way === undefined) return answer;
  const contentType = answer.contentType ?? 'application/json';
  return { ...answer, contentType, body: withLeaf(answer.body, way, value) };
}

function valueOf(condition: Condition, scope: Scope): Json {
  if (condition.kind === 'literal') return condition.value;
  if (condition.kind !== 'reading') return null;
  const found = lookUp(condition.text, scope);
  return found.found ? found.value : null;
}

/** `@.status == 'held'` and the like, as far as a filter names members that have to be equal to a literal. */
function namedIn(condition: string): readonly (readonly [string, Json])[] {
  const pairs = condition.matchAll(/@\.([A-Za-z_]\w*)\s*==\s*(?:'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?|true|false))/g);
  return [...pairs].map(([, name = '', single, double, plain]) => {
    const literal: Json = plain === undefined ? (single ?? double ?? '') : (JSON.parse(plain) as Json);
    return [name, literal] as const;
  });
}

/** In every object that has a member of this name. */
function withMember(value: Json, name: string, literal: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => withMember(one, name, literal));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, key === name ? literal : withMember(member, name, literal)]),
  );
}
