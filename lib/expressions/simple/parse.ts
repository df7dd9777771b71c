/**
 * Text to Condition: recursive descent over `||`, `&&`, one comparison, `!`, then operands with `.name` and `[0]`.
 * Total and linear, nested no deeper than `MAX_DEPTH`; nothing is ever evaluated as code. The standard gives no grammar,
 * so its operator table rules, and an expression ends at a blank or at a character of an operator (docs/decisions).
 */
import type { Cursor } from '../cursor.ts';
import { excerpt } from '../parse-inside.ts';
import { type Problem, problem } from '../problem.ts';
import type { Work } from '../work.ts';
import type { Condition, Operator } from './condition.ts';
import { takeBareText, takeOperand } from './parse-operand.ts';
import { ConditionReader } from './reader.ts';

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition; readonly tolerated: readonly Problem[] }
  | { readonly ok: false; readonly problem: Problem };

export const MAX_CONDITION_LENGTH: number = 16_384;

export function parseCondition(text: string, work?: Work): ParsedCondition {
  if (text.length > MAX_CONDITION_LENGTH) {
    const message = `a condition has at most ${MAX_CONDITION_LENGTH} characters, not ${text.length}`;
    return { ok: false, problem: problem('too-long', message, { at: 0, length: text.length }) };
  }
  const reader = new ConditionReader(text, takeCondition, work);
  const condition = takeWhole(reader);
  const { problem: refused, tolerated } = reader.cursor;
  return refused === undefined ? { ok: true, condition, tolerated } : { ok: false, problem: refused };
}

function takeWhole(reader: ConditionReader): Condition {
  reader.blanks();
  if (reader.cursor.done) reader.cursor.fail('bad-condition', 'the condition is empty');
  const condition = takeCondition(reader);
  if (!reader.cursor.done) failAtRest(reader.cursor);
  return condition;
}

function takeCondition(reader: ConditionReader): Condition {
  return takeJoined(reader, '||', 'or', () => takeJoined(reader, '&&', 'and', () => takeComparison(reader)));
}

function takeJoined(
  reader: ConditionReader,
  operator: string,
  kind: 'or' | 'and',
  takeOne: () => Condition,
): Condition {
  const start = reader.cursor.at;
  const first = takeOne();
  const parts = [first];
  while (reader.accept(operator)) parts.push(takeOne());
  return parts.length === 1 ? first : { kind, parts, span: reader.cursor.spanFrom(start) };
}

/** Longer operators first. */
const operators: readonly Operator[] = ['==', '!=', '<=', '>=', '<', '>'];

function takeComparison(reader: ConditionReader): Condition {
  const start = reader.cursor.at;
  const left = takeNegation(reader);
  const operator = operators.find((candidate) => reader.accept(candidate));
  if (operator === undefined) return left;
  if (reader.cursor.startsWith('=')) {
    reader.cursor.fail('bad-condition', `\`${operator}=\` is no operator`, { at: reader.cursor.at, length: 1 }, '');
  }
  const right = takeBareText(reader) ?? takeNegation(reader);
  const again = operators.find((candidate) => reader.cursor.startsWith(candidate));
  if (again !== undefined) {
    const message = 'comparisons cannot be chained; join two of them with `&&`';
    reader.cursor.fail('chained-comparison', message, { at: reader.cursor.at, length: again.length });
  }
  return { kind: 'compare', operator, left, right, span: trimmed(reader.cursor, start) };
}

function takeNegation(reader: ConditionReader): Condition {
  const start = reader.cursor.at;
  if (reader.cursor.startsWith('!=') || !reader.accept('!')) return takeOperand(reader);
  const part = reader.nested(() => takeNegation(reader));
  return { kind: 'not', part, span: trimmed(reader.cursor, start) };
}

/** From `start` to here without the blanks before here. */
function trimmed(cursor: Cursor, start: number): { at: number; length: number } {
  return { at: start, length: cursor.text.slice(start, cursor.at).trimEnd().length };
}

const misspelt: ReadonlyMap<string, string> = new Map([
  ['=', '=='],
  ['&', '&&'],
  ['|', '||'],
  ['and', '&&'],
  ['or', '||'],
]);

function failAtRest(cursor: Cursor): void {
  const token = /^(?:[A-Za-z]+|.)/su.exec(cursor.text.slice(cursor.at, cursor.at + 100))?.[0] ?? '';
  const instead = misspelt.get(token.toLowerCase());
  const span = { at: cursor.at, length: token.length };
  const message = instead === undefined ? `\`${excerpt(cursor)}\` cannot stand here` : `\`${token}\` is no operator`;
  cursor.fail('bad-condition', message, span, instead);
}
