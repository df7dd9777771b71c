/**
 * An answer changed towards what one criterion asks of it: members, headers and the status that a condition names are set,
 * a JSONPath is given something to select, a pattern a text that it matches. What already is as it should be stays. Whether
 * it has worked is for the criterion itself to say.
 */
import { embed } from '../expressions/embed.ts';
import type { Expression } from '../expressions/expression.ts';
import { parseExpression } from '../expressions/parse.ts';
import { atPointer } from '../expressions/pointer.ts';
import { parseJsonPath } from '../expressions/jsonpath/parse.ts';
import { lookUp } from '../expressions/look-up.ts';
import type { Scope } from '../expressions/scope.ts';
import type { Condition, Operator } from '../expressions/simple/condition.ts';
import { evaluateCondition } from '../expressions/simple/evaluate.ts';
import { parseCondition } from '../expressions/simple/parse.ts';
import type { Json } from '../model/json.ts';
import type { Criterion } from '../model/value.ts';
import { fitting, MIRRORED, OPPOSITE } from './fitting.ts';
import { withLeaf } from './json-leaves.ts';
import { ofLength, satisfyingQuery } from './satisfied-query.ts';
import { scopeWith, type SimulatedAnswer } from './simulated-answer.ts';
import { textForPattern } from './text-for-pattern.ts';

interface Wanted {
  readonly scope: Scope;
  readonly text: string;
  /** The opposite is wanted. */
  readonly isOdd: boolean;
}

export function repaired(answer: SimulatedAnswer, criterion: Criterion, scope: Scope, isOdd = false): SimulatedAnswer {
  if (criterion.type === 'simple') {
    const parsed = parseCondition(criterion.condition);
    return parsed.ok ? satisfied(answer, parsed.condition, { scope, isOdd, text: criterion.condition }) : answer;
  }
  if (isOdd || (criterion.type !== 'jsonpath' && criterion.type !== 'regex')) return answer;
  const condition = embed(criterion.condition, criterion.type, scopeWith(scope, answer));
  const way = wayOf(criterion.context);
  if (!condition.ok) return answer;
  if (criterion.type === 'regex') return matched(answer, criterion.context, condition.text);
  if (way === undefined) return answer;
  const parsed = parseJsonPath(condition.text, criterion.version);
  if (!parsed.ok) return answer;
  const context = answer.body === undefined ? undefined : atPointer(answer.body, way);
  return withBody(answer, way, satisfyingQuery(context ?? {}, parsed.query));
}

function matched(answer: SimulatedAnswer, context: string, pattern: string): SimulatedAnswer {
  const text = textForPattern(plainPattern(pattern));
  if (text === undefined) return answer;
  const parsed = parseExpression(context);
  const header = parsed.ok ? headerIn(parsed.expression) : undefined;
  if (header !== undefined) return withHeader(answer, header, text);
  const way = wayOf(context);
  return way === undefined ? answer : withBody(answer, way, text);
}

/** Without the slashes and flags that a pattern may be written with. */
function plainPattern(pattern: string): string {
  return /^\/((?:[^/\\]|\\.)+)\/[a-z]*$/s.exec(pattern)?.[1] ?? pattern;
}

function satisfied(answer: SimulatedAnswer, condition: Condition, wanted: Wanted): SimulatedAnswer {
  if (isMet(answer, condition, wanted)) return answer;
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const isAll = (condition.kind === 'and') === !wanted.isOdd;
      if (isAll) return condition.parts.reduce((one, part) => satisfied(one, part, wanted), answer);
      const tried = condition.parts.map((part) => satisfied(answer, part, wanted));
      return tried.find((one) => isMet(one, condition, wanted)) ?? answer;
    }
    case 'compare':
      return compared(answer, condition, wanted);
    case 'reading':
    case 'member':
      return placed(answer, condition, !wanted.isOdd);
    case 'not':
      return satisfied(answer, condition.part, { ...wanted, isOdd: !wanted.isOdd });
    default:
      return answer;
  }
}

function isMet(answer: SimulatedAnswer, condition: Condition, { scope, text, isOdd }: Wanted): boolean {
  return evaluateCondition(condition, text, scopeWith(scope, answer)).met !== isOdd;
}

function compared(
  answer: SimulatedAnswer,
  { left, right, operator }: Extract<Condition, { kind: 'compare' }>,
  { scope, isOdd }: Wanted,
): SimulatedAnswer {
  const seen = scopeWith(scope, answer);
  const chosen = isOdd ? OPPOSITE[operator] : operator;
  if (isStatus(left)) return isOdd ? answer : withStatus(answer, chosen, valueOf(right, seen));
  if (isStatus(right)) return isOdd ? answer : withStatus(answer, MIRRORED[chosen], valueOf(left, seen));
  if (isOfAnswer(left)) return placed(answer, left, fitting(chosen, valueOf(right, seen)));
  return isOfAnswer(right) ? placed(answer, right, fitting(MIRRORED[chosen], valueOf(left, seen))) : answer;
}

function isStatus(condition: Condition): boolean {
  return condition.kind === 'reading' && condition.expression.source === 'statusCode';
}

function withStatus(answer: SimulatedAnswer, operator: Operator, value: Json): SimulatedAnswer {
  const status = fitting(operator, typeof value === 'string' ? Number(value) : value);
  return Number.isInteger(status) ? { ...answer, status: Number(status) } : answer;
}

/** Undefined: it is no part of an answer's body. */
function wayInto(condition: Condition): readonly string[] | undefined {
  if (condition.kind === 'member') {
    const way = wayInto(condition.of);
    return way && [...way, condition.token];
  }
  return condition.kind === 'reading' ? wayOf(condition.text) : undefined;
}

/** Where in a body an expression leads; undefined: it does not. */
export function wayOf(text: string): readonly string[] | undefined {
  const parsed = parseExpression(text);
  if (!parsed.ok) return undefined;
  const { expression } = parsed;
  if (expression.source !== 'response' && expression.source !== 'message') return undefined;
  if (expression.part !== 'body' && expression.part !== 'payload') return undefined;
  return [...expression.trail, ...expression.pointer];
}

function headerOf(condition: Condition): string | undefined {
  return condition.kind === 'reading' ? headerIn(condition.expression) : undefined;
}

function headerIn(expression: Expression): string | undefined {
  if (expression.source !== 'response' && expression.source !== 'message') return undefined;
  return expression.part === 'header' ? expression.name.toLowerCase() : undefined;
}

function isOfAnswer(condition: Condition): boolean {
  return wayInto(condition) !== undefined || headerOf(condition) !== undefined;
}

function placed(answer: SimulatedAnswer, condition: Condition, value: Json): SimulatedAnswer {
  const header = headerOf(condition);
  if (header !== undefined) return withHeader(answer, header, String(value));
  const way = wayInto(condition);
  if (way === undefined) return answer;
  const isLength = way.at(-1) === 'length' && typeof value === 'number';
  const list = isLength && answer.body !== undefined ? atPointer(answer.body, way.slice(0, -1)) : undefined;
  if (isLength && (Array.isArray(list) || typeof list === 'string'))
    return withBody(answer, way.slice(0, -1), ofLength(list, Math.min(MOST_ELEMENTS, Math.max(0, Math.ceil(value)))));
  return withBody(answer, way, value);
}

const MOST_ELEMENTS = 1_000;

function withHeader(answer: SimulatedAnswer, name: string, text: string): SimulatedAnswer {
  return { ...answer, headers: { ...answer.headers, [name]: text } };
}

function withBody(answer: SimulatedAnswer, way: readonly string[], value: Json): SimulatedAnswer {
  const contentType = answer.contentType ?? 'application/json';
  return { ...answer, contentType, body: withLeaf(answer.body, way, value) };
}

function valueOf(condition: Condition, scope: Scope): Json {
  if (condition.kind === 'literal') return condition.value;
  if (condition.kind !== 'reading') return null;
  const found = lookUp(condition.text, scope);
  return found.found ? found.value : null;
}
