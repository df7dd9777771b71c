/**
 * The syntax tree of the small expressions of which machines mostly consist, without JSONata's parser, which takes longer
 * to load than such a machine to run: paths from a variable with `[0]` after a name, quoted texts without escapes, whole
 * numbers, `null`, `true`, `false`, objects, calls, `&`, `=`, `? :`. What it reads it reads as that parser does (test/unit/engine/query/plain-expression.test.ts); of
 * everything else, and of everything wrong, it says nothing: that parser has to see it.
 */
import type { AstNode } from './ast.ts';

/** Far less than what the evaluator allows, and more than anybody writes in these forms. */
const DEEPEST = 12;

/** Null: not one of the small forms. */
export function plainExpression(text: string): AstNode | null {
  const words = wordsOf(text);
  if (words === null) return null;
  const reader: Reader = { words, at: 0, depth: 0 };
  const node = condition(reader);
  return node !== null && reader.at === words.length ? node : null;
}

interface Reader {
  readonly words: readonly string[];
  at: number;
  depth: number;
}

const PATTERNS = [
  /'[^'\\]*'|"[^"\\]*"|`[^`]+`/,
  /\$?[A-Za-z_][A-Za-z0-9_]*/,
  // Ten digits are exact, and nothing that goes on makes another number of them.
  /(?:0|[1-9][0-9]{0,9})(?![0-9.eE])/,
  // A sign of two characters (`:=`, `?:`) is none of ours: its second half is never where we look for it.
  /[.,(){}[\]&?=]|:(?![:=])/,
];
const SPACE = '[ \\t\\n\\r\\v]*';
const WORD = new RegExp(`${SPACE}(${PATTERNS.map(({ source }) => source).join('|')})${SPACE}`, 'y');

function wordsOf(text: string): readonly string[] | null {
  const words: string[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const [, word] = WORD.exec(text) ?? [];
    if (word === undefined) return null;
    words.push(word);
  }
  return words;
}

function condition(reader: Reader): AstNode | null {
  if (++reader.depth > DEEPEST) return null;
  const test = equality(reader);
  const node = test !== null && take(reader, '?') ? branches(reader, test) : test;
  reader.depth -= 1;
  return node;
}

function branches(reader: Reader, test: AstNode): AstNode | null {
  const yes = condition(reader);
  if (yes === null || !take(reader, ':')) return null;
  const no = condition(reader);
  // oxlint-disable-next-line unicorn/no-thenable -- the member is called so in JSONata's tree, and nobody awaits a tree.
  return no && { type: 'condition', condition: test, then: yes, else: no };
}

/** One comparison at most: a second one would compare with what the first says. */
function equality(reader: Reader): AstNode | null {
  const left = joined(reader);
  if (left === null || !take(reader, '=')) return left;
  const right = joined(reader);
  return right && { type: 'binary', value: '=', lhs: left, rhs: right };
}

function joined(reader: Reader): AstNode | null {
  let left = operand(reader);
  while (left !== null && take(reader, '&')) {
    const right: AstNode | null = operand(reader);
    left = right && { type: 'binary', value: '&', lhs: left, rhs: right };
  }
  return left;
}

function operand(reader: Reader): AstNode | null {
  const word = reader.words[reader.at++] ?? '';
  if (/^['"]/.test(word)) return { type: 'string', value: word.slice(1, -1) };
  if (/^[0-9]/.test(word)) return { type: 'number', value: Number(word) };
  if (Object.hasOwn(CONSTANTS, word)) return { type: 'value', value: CONSTANTS[word] };
  if (word === '{') return object(reader);
  if (!word.startsWith('$')) return null;
  const variable: AstNode = { type: 'variable', value: word.slice(1) };
  return take(reader, '(') ? call(reader, variable) : path(reader, variable);
}

const CONSTANTS: { readonly [word: string]: true | false | null } = { true: true, false: false, null: null };

/** Words that are operators or constants somewhere else. */
const KEYWORDS: readonly string[] = ['and', 'or', 'in', 'true', 'false', 'null', 'function'];

function path(reader: Reader, variable: AstNode): AstNode | null {
  const steps = [variable];
  while (take(reader, '.')) {
    const step = fieldStep(reader);
    if (step === null) return null;
    steps.push(step);
  }
  return steps.length === 1 ? variable : { type: 'path', steps };
}

function fieldStep(reader: Reader): AstNode | null {
  const word = reader.words[reader.at++] ?? '';
  if (KEYWORDS.includes(word) || !/^[A-Za-z_`]/.test(word)) return null;
  const name = { type: 'name', value: word.startsWith('`') ? word.slice(1, -1) : word };
  if (!take(reader, '[')) return name;
  const index = operand(reader);
  if (index?.type !== 'number' || !take(reader, ']')) return null;
  return { ...name, stages: [{ type: 'filter', expr: index }] };
}

function call(reader: Reader, procedure: AstNode): AstNode | null {
  const given = listed(reader, ')', condition);
  return isFollowed(reader) ? null : given && { type: 'function', value: '(', arguments: given, procedure };
}

function object(reader: Reader): AstNode | null {
  const pairs = listed(reader, '}', pair);
  return isFollowed(reader) ? null : pairs && { type: 'unary', value: '{', lhs: pairs };
}

function pair(reader: Reader): readonly [AstNode, AstNode] | null {
  const key = operand(reader);
  if (key?.type !== 'string' || !take(reader, ':')) return null;
  const value = condition(reader);
  return value && [key, value];
}

/** One or more of them, until the sign that ends them. */
function listed<One>(reader: Reader, end: string, read: (reader: Reader) => One | null): readonly One[] | null {
  const all: One[] = [];
  do {
    const one = read(reader);
    if (one === null) return null;
    all.push(one);
  } while (take(reader, ','));
  return take(reader, end) ? all : null;
}

/** A path, a call or a group upon a result: not one of the small forms. */
function isFollowed({ words, at }: Reader): boolean {
  return ['.', '(', '{', '['].includes(words[at] ?? '');
}

function take(reader: Reader, word: string): boolean {
  if (reader.words[reader.at] !== word) return false;
  reader.at += 1;
  return true;
}
