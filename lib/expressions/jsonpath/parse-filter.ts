/**
 * Filters of JSONPath (RFC 9535 sections 2.3.5 and 2.4): `||` binds loosest, then `&&`, then `!`, comparisons and
 * tests. What stands on one side of a comparison, or as an argument, is read first and judged by its type after.
 */
import { assert } from '../../model/assert.ts';
import { excerpt } from '../parse-inside.ts';
import type { QueryReader } from './reader.ts';
import { takeNumber, takeText } from './parse-literal.ts';
import { type Comparison, isSingular, type Query, type Single, type Test } from './query.ts';

/** What an operand may turn out to be, before its place decides what it has to be. */
type Operand =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'single'; readonly single: Single }
  | { readonly kind: 'test'; readonly test: Test };

const never: Test = { kind: 'or', tests: [] };
const nothing: Single = { kind: 'literal', value: null };

export function takeTest(reader: QueryReader): Test {
  return takeJoined(reader, '||', 'or', () => takeJoined(reader, '&&', 'and', () => takeBasic(reader)));
}

function takeJoined(reader: QueryReader, operator: string, kind: 'or' | 'and', takeOne: () => Test): Test {
  const first = takeOne();
  const tests = [first];
  reader.blanks();
  while (reader.cursor.accept(operator)) {
    reader.blanks();
    tests.push(takeOne());
    reader.blanks();
  }
  return tests.length === 1 ? first : { kind, tests };
}

function takeBasic(reader: QueryReader): Test {
  const negated = reader.cursor.peek() === '!';
  if (negated) {
    reader.cursor.skip(1);
    reader.blanks();
  }
  const test = reader.cursor.peek() === '(' ? takeGroup(reader) : takeComparisonOrTest(reader, negated);
  return negated ? { kind: 'not', test } : test;
}

function takeGroup(reader: QueryReader): Test {
  reader.cursor.skip(1);
  reader.blanks();
  const test = reader.nested(() => takeTest(reader), never);
  reader.blanks();
  if (!reader.cursor.accept(')')) reader.fail('a parenthesis is not closed here');
  return test;
}

function takeComparisonOrTest(reader: QueryReader, negated: boolean): Test {
  const left = takeOperand(reader);
  const operator = takeOperator(reader);
  if (operator === undefined) return asTest(reader, left);
  if (negated) reader.fail('`!` before a comparison needs parentheses');
  reader.blanks();
  const right = takeOperand(reader);
  return { kind: 'compare', operator, left: asSingle(reader, left), right: asSingle(reader, right) };
}

/** Longer operators first. */
const operators: readonly Comparison[] = ['==', '!=', '<=', '>=', '<', '>'];

function takeOperator(reader: QueryReader): Comparison | undefined {
  const { cursor } = reader;
  const rest = cursor.text.slice(cursor.at);
  const blanks = Math.max(0, rest.search(/[^ \t\n\r]/));
  const operator = operators.find((candidate) => rest.startsWith(candidate, blanks));
  if (operator === undefined) return undefined;
  cursor.skip(blanks + operator.length);
  const script = reader.version !== 'rfc9535' && (operator === '==' || operator === '!=');
  if (script) cursor.accept('=');
  return operator;
}

function takeOperand(reader: QueryReader): Operand {
  const { cursor } = reader;
  const next = cursor.peek();
  if (next === '@' || next === '$') return takeQuery(reader);
  if (next === "'" || next === '"') return literal(takeText(reader));
  if (/[-0-9]/.test(next)) return literal(takeNumber(reader));
  const word = cursor.takeWhile((character) => /[A-Za-z0-9_]/.test(character));
  if (cursor.peek() === '(') return reader.nested(() => takeCall(reader, word), literal(null));
  const constant = constants.get(word);
  if (constant === undefined)
    reader.fail(word === '' ? missingOperand(reader) : `\`${word}\` is neither a literal nor a query`);
  return literal(constant ?? null);
}

const constants: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function missingOperand(reader: QueryReader): string {
  return reader.cursor.done
    ? 'something is missing at the end of the filter'
    : `\`${excerpt(reader.cursor)}\` cannot stand here`;
}

function literal(value: string | number | boolean | null): Operand {
  return { kind: 'single', single: { kind: 'literal', value } };
}

function takeQuery(reader: QueryReader): Operand {
  const from = reader.cursor.peek() === '@' ? '@' : '$';
  reader.refuseBareExpression();
  reader.cursor.skip(1);
  const query: Query = { from, segments: reader.takeSegments() };
  return (reader.version === 'rfc9535' ? undefined : lengthProperty(query)) ?? { kind: 'query', query };
}

/** `@.list.length` of the dispatch draft, whose scripts read a property that JSON does not have. */
function lengthProperty({ from, segments }: Query): Operand | undefined {
  const [last] = segments.at(-1)?.selectors ?? [];
  const query: Query = { from, segments: segments.slice(0, -1) };
  if (last?.kind !== 'name' || last.name !== 'length' || !isSingular(query)) return undefined;
  return { kind: 'single', single: { kind: 'length', of: { kind: 'singular', query } } };
}

const arities: ReadonlyMap<string, number> = new Map([
  ['length', 1],
  ['count', 1],
  ['value', 1],
  ['match', 2],
  ['search', 2],
]);

function takeCall(reader: QueryReader, name: string): Operand {
  const start = reader.cursor.at - name.length;
  const given = takeArguments(reader);
  const wanted = arities.get(name);
  const span = { at: start, length: name.length };
  if (wanted === undefined)
    reader.cursor.fail(
      'bad-jsonpath',
      `there is no function \`${name}\`, only ${[...arities.keys()].join(', ')}`,
      span,
    );
  else if (given.length !== wanted)
    reader.cursor.fail('bad-jsonpath', `\`${name}\` takes ${wanted} ${wanted === 1 ? 'argument' : 'arguments'}`, span);
  if (reader.cursor.problem !== undefined) return literal(null);
  return callOf(reader, name, given);
}

function takeArguments(reader: QueryReader): Operand[] {
  const { cursor } = reader;
  cursor.skip(1);
  reader.blanks();
  const given: Operand[] = [];
  if (cursor.accept(')')) return given;
  do {
    reader.blanks();
    given.push(takeOperand(reader));
    reader.blanks();
  } while (cursor.accept(','));
  if (!cursor.accept(')')) reader.fail('the arguments of a function are not closed here');
  return given;
}

function callOf(reader: QueryReader, name: string, given: readonly Operand[]): Operand {
  const [first, second] = given;
  assert(first !== undefined, 'a function was given the arguments that its arity asks for');
  switch (name) {
    case 'length':
      return { kind: 'single', single: { kind: 'length', of: asSingle(reader, first) } };
    case 'count':
    case 'value':
      return { kind: 'single', single: { kind: name, query: asQuery(reader, name, first) } };
    default:
      assert(second !== undefined, 'match and search take two arguments');
      return {
        kind: 'test',
        test: {
          kind: 'match',
          whole: name === 'match',
          text: asSingle(reader, first),
          pattern: asSingle(reader, second),
        },
      };
  }
}

function asTest(reader: QueryReader, operand: Operand): Test {
  if (operand.kind === 'test') return operand.test;
  if (operand.kind === 'query') return { kind: 'exists', query: operand.query };
  reader.fail('a value by itself is no condition; compare it with something');
  return never;
}

function asSingle(reader: QueryReader, operand: Operand): Single {
  if (operand.kind === 'single') return operand.single;
  if (operand.kind === 'query' && isSingular(operand.query)) return { kind: 'singular', query: operand.query };
  const message =
    operand.kind === 'query'
      ? 'a query that can select several nodes is no value here'
      : '`match` and `search` yield no value to compare';
  reader.fail(message);
  return nothing;
}

function asQuery(reader: QueryReader, name: string, operand: Operand): Query {
  if (operand.kind === 'query') return operand.query;
  reader.fail(`\`${name}\` takes a query`);
  return { from: '@', segments: [] };
}
