/**
 * A definition's text as JSON. JSON.parse yields the value; this scanner adds what it does not tell: the service's
 * own sentence and place for a syntax error (its parser is Jackson), and state names that occur twice in one object,
 * of which JSON.parse silently keeps the last. It builds no values and never recurses: depth is counted.
 */
import { unreachable } from '../../model/assert.ts';
import { MAX_NESTING } from './limits.ts';

export interface SyntaxFault {
  /** The parser's sentence without its place. */
  readonly reason: string;
  /** 1-based line and column behind the offending token, as the service counts. */
  readonly line: number;
  readonly column: number;
}

export interface Scan {
  readonly fault?: SyntaxFault;
  /** State names that stand twice in one object named States. */
  readonly repeatedStates: readonly string[];
  readonly tooDeep: boolean;
}

const EXPECTED_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

const TOKEN =
  // oxlint-disable-next-line no-control-regex -- JSON forbids exactly these characters inside strings.
  /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_$][\w$]*|[{}[\]:,]|\S/y;

const LITERALS: ReadonlySet<string> = new Set(['true', 'false', 'null']);

interface Container {
  readonly kind: 'object' | 'array';
  /** Names met in an object called States; nothing is kept for others. */
  readonly names: Set<string> | undefined;
  key: string | undefined;
  expects: 'key-or-end' | 'key' | 'colon' | 'value' | 'value-or-end' | 'comma-or-end';
}

interface Scanner {
  readonly text: string;
  readonly stack: Container[];
  readonly repeated: Set<string>;
  done: boolean;
  tooDeep: boolean;
}

/** A token's reason to be refused, or undefined. */
type Reason = string | undefined;

export function scanJson(text: string): Scan {
  const scanner: Scanner = { text, stack: [], repeated: new Set(), done: false, tooDeep: false };
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0] ?? text.charAt(at);
    const reason = accept(token, scanner);
    at += token.length;
    if (reason !== undefined) return result(scanner, faultAt(text, at, reason));
    if (scanner.tooDeep) return result(scanner);
  }
  return result(scanner, scanner.done ? undefined : faultAt(text, text.length, endReason(scanner)));
}

function result(scanner: Scanner, fault?: SyntaxFault): Scan {
  const found = { repeatedStates: [...scanner.repeated], tooDeep: scanner.tooDeep };
  return fault === undefined ? found : { ...found, fault };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at += 1;
  return at;
}

function accept(token: string, scanner: Scanner): Reason {
  const top = scanner.stack.at(-1);
  if (scanner.done) return unexpected(token, 'end of the text');
  if (top === undefined) return acceptValue(token, scanner);
  switch (top.expects) {
    case 'key-or-end':
    case 'key':
      return acceptKey(token, top, scanner);
    case 'colon':
      if (token !== ':') return unexpected(token, 'a colon to separate field name and value');
      top.expects = 'value';
      return undefined;
    case 'value-or-end':
      return token === ']' ? close(scanner) : acceptValue(token, scanner);
    case 'value':
      return acceptValue(token, scanner);
    case 'comma-or-end':
      return acceptComma(token, top, scanner);
    default:
      return unreachable(top.expects, 'expectation');
  }
}

function acceptKey(token: string, top: Container, scanner: Scanner): Reason {
  if (token === '}' && top.expects === 'key-or-end') return close(scanner);
  if (!isString(token)) return unexpected(token, 'double-quote to start field name');
  const key = String(JSON.parse(token));
  if (top.names?.has(key) === true) scanner.repeated.add(key);
  top.names?.add(key);
  top.key = key;
  top.expects = 'colon';
  return undefined;
}

function acceptComma(token: string, top: Container, scanner: Scanner): Reason {
  if (token === (top.kind === 'object' ? '}' : ']')) return close(scanner);
  const kind = top.kind === 'object' ? 'Object' : 'Array';
  if (token !== ',') return unexpected(token, `comma to separate ${kind} entries`);
  top.expects = top.kind === 'object' ? 'key' : 'value';
  return undefined;
}

function acceptValue(token: string, scanner: Scanner): Reason {
  if (token === '{' || token === '[') return open(token, scanner);
  const isScalar = isString(token) || LITERALS.has(token) || /^-?\d/.test(token);
  if (isScalar) return valueEnds(scanner);
  if (/^[A-Za-z_$]/.test(token)) return `Unrecognized token '${token}': was expecting ${EXPECTED_VALUE}`;
  return unexpected(token, `a valid value ${EXPECTED_VALUE}`);
}

function open(token: '{' | '[', scanner: Scanner): Reason {
  const isStates = token === '{' && scanner.stack.at(-1)?.key === 'States';
  scanner.stack.push({
    kind: token === '{' ? 'object' : 'array',
    names: isStates ? new Set() : undefined,
    key: undefined,
    expects: token === '{' ? 'key-or-end' : 'value-or-end',
  });
  scanner.tooDeep = scanner.stack.length > MAX_NESTING;
  return undefined;
}

function close(scanner: Scanner): Reason {
  scanner.stack.pop();
  return valueEnds(scanner);
}

function valueEnds(scanner: Scanner): Reason {
  const top = scanner.stack.at(-1);
  if (top === undefined) scanner.done = true;
  else {
    top.expects = 'comma-or-end';
    top.key = undefined;
  }
  return undefined;
}

function isString(token: string): boolean {
  return token.length >= 2 && token.startsWith('"');
}

function unexpected(token: string, expected: string): string {
  const character = token.charAt(0);
  return `Unexpected character ('${character}' (code ${character.charCodeAt(0)})): was expecting ${expected}`;
}

function endReason(scanner: Scanner): string {
  const top = scanner.stack.at(-1);
  if (top === undefined) return 'No content to map due to end-of-input';
  return `Unexpected end-of-input: expected close marker for ${top.kind === 'object' ? 'Object' : 'Array'}`;
}

function faultAt(text: string, offset: number, reason: string): SyntaxFault {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { reason, line: before.split('\n').length, column: offset - lineStart + 1 };
}
