/**
 * Operands of a simple condition: literals, runtime expressions, groups, and what `.name` or `[0]` reaches in them.
 * Double quotes, `{$...}` and a word without quotes after an operator are not of the standard but in use: they are
 * understood, and noted as tolerated.
 */
import { parseExpression } from '../parse.ts';
import { placed, type Span } from '../problem.ts';
import type { Condition } from './condition.ts';
import { type ConditionReader, failInside, nowhere } from './reader.ts';

export function takeOperand(reader: ConditionReader): Condition {
  const start = reader.cursor.at;
  let operand = takePrimary(reader);
  for (let token = takeAccess(reader); token !== undefined; token = takeAccess(reader)) {
    operand = { kind: 'member', of: operand, token, span: reader.cursor.spanFrom(start) };
  }
  reader.blanks();
  return operand;
}

function takePrimary(reader: ConditionReader): Condition {
  const { cursor } = reader;
  const next = cursor.peek();
  if (next === '(') return takeGroup(reader);
  if (next === "'" || next === '"') return takeText(reader, next);
  if (next === '$') return takeReading(reader);
  if (next === '{' && cursor.peek(1) === '$') return takeBraced(reader);
  if (/[-0-9]/.test(next)) return takeNumber(reader);
  return takeWord(reader);
}

function takeGroup(reader: ConditionReader): Condition {
  reader.accept('(');
  const group = reader.takeInner();
  if (!reader.cursor.accept(')')) reader.cursor.fail('bad-condition', 'a parenthesis is not closed here');
  return group;
}

/** Two quotes in a row are one quote of the text. */
function takeText(reader: ConditionReader, quote: string): Condition {
  const { cursor } = reader;
  const start = cursor.at;
  cursor.skip(1);
  let value = cursor.takeWhile((character) => character !== quote);
  while (cursor.accept(quote + quote)) value += quote + cursor.takeWhile((character) => character !== quote);
  const unclosed = { at: start, length: cursor.text.length - start };
  if (!cursor.accept(quote)) cursor.fail('bad-condition', 'a string is not closed', unclosed);
  const span = cursor.spanFrom(start);
  if (quote === '"') {
    const instead = `'${value.replaceAll("'", "''")}'`;
    cursor.tolerate('double-quotes', 'strings in conditions stand in single quotes', span, instead);
  }
  return { kind: 'literal', value, span };
}

/** An expression ends at a blank or at a character that an operator is made of. */
function endsExpression(character: string): boolean {
  return /[\s<>=!&|()[\]{},]/.test(character);
}

function takeReading(reader: ConditionReader): Condition {
  const { cursor } = reader;
  const start = cursor.at;
  if (/[.[]/.test(cursor.peek(1))) {
    const message = 'this looks like JSONPath, which needs `type: jsonpath` and a `context`';
    cursor.fail('unknown-source', message);
    return nowhere;
  }
  return readingOf(
    reader,
    cursor.takeWhile((character) => !endsExpression(character)),
    start,
  );
}

/** The dots that a body's members are reached by are an operator here, so nothing is tolerated about them. */
function readingOf(reader: ConditionReader, text: string, start: number): Condition {
  const { cursor } = reader;
  const parsed = parseExpression(text);
  cursor.work.spend(text.length);
  if (!parsed.ok) {
    failInside(cursor, parsed.problem, start);
    return nowhere;
  }
  for (const { code, message, at, length, instead } of placed(parsed.tolerated, [], start)) {
    if (code !== 'dotted-body') cursor.tolerate(code, message, { at, length }, instead);
  }
  return { kind: 'reading', expression: parsed.expression, text, span: { at: start, length: text.length } };
}

function takeBraced(reader: ConditionReader): Condition {
  const { cursor } = reader;
  const start = cursor.at;
  cursor.skip(1);
  const text = cursor.takeWhile((character) => character !== '{' && character !== '}');
  const reading = readingOf(reader, text, start + 1);
  if (!cursor.accept('}')) cursor.fail('bad-condition', 'a brace is not closed here');
  cursor.tolerate('braces', 'expressions in simple conditions stand without braces', cursor.spanFrom(start), text);
  return reading;
}

function takeNumber(reader: ConditionReader): Condition {
  const { cursor } = reader;
  const start = cursor.at;
  const text = cursor.takeWhile((character) => /[-+.0-9A-Za-z]/.test(character));
  const value = Number(text);
  const valid = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && Number.isFinite(value);
  const span = cursor.spanFrom(start);
  if (!valid) cursor.fail('bad-condition', `\`${text.slice(0, 40)}\` is no number`, span, `'${text}'`);
  return { kind: 'literal', value, span };
}

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function takeWord(reader: ConditionReader): Condition {
  const { cursor } = reader;
  const start = cursor.at;
  const word = cursor.takeWhile((character) => /[\p{L}\p{N}_-]/u.test(character));
  const value = words.get(word);
  if (value !== undefined) return { kind: 'literal', value, span: cursor.spanFrom(start) };
  if (word === '') cursor.fail('bad-condition', missingOperand(cursor.text.slice(start)));
  else failAtWord(reader, word, cursor.spanFrom(start));
  return nowhere;
}

/** `== NEW`: no literal of the standard, but beside an operator it can only be text. */
export function takeBareText(reader: ConditionReader): Condition | undefined {
  const { cursor } = reader;
  const start = cursor.at;
  const word = /^\p{L}[\p{L}\p{N}_-]*(?=\s*(?:$|&&|\|\||\)))/u.exec(cursor.text.slice(start))?.[0];
  if (word === undefined || words.has(word.toLowerCase())) return undefined;
  cursor.skip(word.length);
  const span = cursor.spanFrom(start);
  cursor.tolerate('bare-word', `\`${word}\` is taken as text; strings stand in single quotes`, span, `'${word}'`);
  reader.blanks();
  return { kind: 'literal', value: word, span };
}

function failAtWord(reader: ConditionReader, word: string, span: Span): void {
  const instead = words.has(word.toLowerCase()) ? word.toLowerCase() : `'${word}'`;
  reader.cursor.fail('bare-word', `\`${word}\` is no literal; strings stand in single quotes`, span, instead);
}

function missingOperand(rest: string): string {
  return rest === ''
    ? 'something is missing at the end of the condition'
    : `\`${rest.slice(0, 20)}\` cannot stand here`;
}

/** `.name`, `[0]`, `['name']`; undefined where none follows. */
function takeAccess(reader: ConditionReader): string | undefined {
  const { cursor } = reader;
  if (cursor.accept('.')) return takeName(reader);
  return cursor.accept('[') ? takeIndex(reader) : undefined;
}

function takeName(reader: ConditionReader): string {
  const name = reader.cursor.takeWhile((character) => character !== '.' && !endsExpression(character));
  if (name === '') reader.cursor.fail('bad-condition', 'a name is missing after the dot');
  return name;
}

function takeIndex(reader: ConditionReader): string {
  const { cursor } = reader;
  reader.blanks();
  const quote = ["'", '"'].find((mark) => cursor.accept(mark)) ?? '';
  const inside = quote === '' ? cursor.takeWhile((c) => /\d/.test(c)) : cursor.takeWhile((c) => c !== quote);
  if (inside === '') cursor.fail('bad-condition', 'brackets hold an index, or a name in quotes');
  if (quote !== '') cursor.skip(1);
  reader.blanks();
  if (!cursor.accept(']')) cursor.fail('bad-condition', 'a bracket is not closed here');
  return inside;
}
