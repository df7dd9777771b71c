import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { Criterion } from '../../../lib/model/value.ts';
import { evaluateCriterion } from '../../../lib/expressions/criterion.ts';
import { evaluate } from '../../../lib/expressions/evaluate.ts';
import { renderJsonText } from '../../../lib/expressions/json-text.ts';
import { parseJsonPath } from '../../../lib/expressions/jsonpath/parse.ts';
import { parseExpression } from '../../../lib/expressions/parse.ts';
import { formatPointer, parsePointer } from '../../../lib/expressions/pointer.ts';
import { problemsOf } from '../../../lib/expressions/problems.ts';
import { references } from '../../../lib/expressions/references.ts';
import type { Scope } from '../../../lib/expressions/scope.ts';
import { parseCondition } from '../../../lib/expressions/simple/parse.ts';
import { splitTemplate } from '../../../lib/expressions/template.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { Work } from '../../../lib/expressions/work.ts';
import { loadXPath, type XPath } from '../../../lib/expressions/xpath.ts';
import { loadRegex } from '../../../lib/expressions/regex.ts';

await loadRegex();

let xpath: XPath;
beforeAll(async () => {
  xpath = await loadXPath();
});

/** Text made of what the grammars are made of, so that it gets far into the parsers before it goes wrong. */
const pieces = [
  '$inputs.',
  '$response.body',
  '$steps.',
  '.outputs.',
  '#/',
  '$statusCode',
  '$',
  '@',
  '.',
  '..',
  '[',
  ']',
  '[0]',
  '[?',
  '(',
  ')',
  '{',
  '}',
  '{$',
];
const words = [
  "'",
  '"',
  "''",
  '\\',
  '==',
  '!=',
  '<',
  '>=',
  '!',
  '&&',
  '||',
  '=',
  ' ',
  '\n',
  'a',
  'null',
  'true',
  '1',
  '-1.5e3',
  ',',
  ':',
  '*',
  '/',
  '~',
  '~1',
];
const names = [
  '__proto__',
  'constructor',
  'length',
  'count(',
  'match(',
  'and',
  'for',
  'let',
  '\u{1f600}',
  '\ud800',
  '\u0000',
];
const scrap = fc.oneof(fc.constantFrom(...pieces, ...words, ...names), fc.string({ maxLength: 3 }));
const hostile = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.array(scrap, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.tuple(scrap, fc.integer({ min: 1, max: 3_000 })).map(([part, times]) => part.repeat(times)),
);

const scope = (): Scope => ({
  statusCode: 200,
  inputs: { a: { b: [1, 'x', null] }, text: 'x', __proto__: null },
  response: { header: { a: 'b' }, body: { a: [{ b: 1 }], length: 2 } },
  steps: new Map([['a', { a: 1 }]]),
  xpath,
});

/** What the fuzzing of the whole product asks of every parser: work is counted, never timed. */
const bound = (text: string) => 100 * text.length + 10_000;

describe('whatever the text, a parser answers, and within its bound', () => {
  it.each([
    ['expressions', parseExpression],
    ['conditions', parseCondition],
    ['JSONPaths', (text: string, work: Work) => parseJsonPath(text, 'rfc9535', work)],
    [
      'JSONPaths of the draft',
      (text: string, work: Work) => parseJsonPath(text, 'draft-goessner-dispatch-jsonpath-00', work),
    ],
  ] as const)('%s', (_name, parse) => {
    fc.assert(
      fc.property(hostile, (text) => {
        const work = new Work();
        const parsed = parse(text, work);
        expect(work.spent).toBeLessThanOrEqual(bound(text));
        const found = parsed.ok ? [] : [parsed.problem];
        for (const { at, length } of found) expect(at + length).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('whatever the description says, evaluating it ends with an answer', () => {
  const criteria: fc.Arbitrary<Criterion> = fc.oneof(
    hostile.map((condition): Criterion => ({ type: 'simple', condition })),
    fc.tuple(hostile, hostile).map(([context, condition]): Criterion => ({ type: 'regex', context, condition })),
    hostile.map((condition): Criterion => ({ type: 'regex', context: '$statusCode', condition })),
    hostile.map(
      (condition): Criterion => ({
        type: 'jsonpath',
        version: 'rfc9535',
        context: '$response.body',
        condition: `$${condition}`,
      }),
    ),
    hostile.map((condition): Criterion => ({ type: 'xpath', version: 'xpath-31', context: '$inputs.text', condition })),
  );

  it('of a criterion, with a reason exactly when it is not met', () => {
    fc.assert(
      fc.property(criteria, (criterion) => {
        const verdict = evaluateCriterion(criterion, scope());
        expect(verdict.why === undefined).toBe(verdict.met);
        references(criterion);
        for (const { at, length, path } of problemsOf(criterion, { xpath })) {
          expect(at + length).toBeLessThanOrEqual(criterion[path[0] as 'condition'].length);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('of a value of any shape', () => {
    const json = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        hostile,
        fc.constantFrom<Json>(null, 1, true),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(hostile, fc.constantFrom('context', 'selector', 'type', '__proto__')), tie('value'), {
          maxKeys: 4,
        }),
        fc.record({
          context: fc.constantFrom('$response.body', '$url'),
          selector: hostile,
          type: fc.constantFrom('jsonpath', 'jsonpointer', 'xpath', 'x'),
        }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        const parsed = parseValue(value);
        evaluate(parsed, scope());
        references(parsed);
        problemsOf(parsed, { xpath });
      }),
      { numRuns: 150 },
    );
  });
});

describe('text comes back as it went in', () => {
  it('from the parts of a template', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const parts = splitTemplate(text);
        expect(parts.map((part) => (typeof part === 'string' ? part : `{${part.text}}`)).join('')).toBe(text);
        expect(parts.some((part, index) => typeof part === 'string' && typeof parts[index + 1] === 'string')).toBe(
          false,
        );
      }),
    );
  });

  it('from the tokens of a JSON Pointer', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (tokens) => {
        expect(parsePointer(formatPointer(tokens))).toEqual(tokens);
      }),
    );
  });
});

describe('a condition means what its tree says', () => {
  type Tree = { readonly text: string; readonly value: boolean };
  const blank = fc.constantFrom('', ' ', '\n ');
  const number = fc.constantFrom(-2, 0, 1, 1.5, 200);
  const compare: Readonly<Record<string, (a: number, b: number) => boolean>> = {
    '==': (a, b) => a === b,
    '!=': (a, b) => a !== b,
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
  };
  const comparison = fc.tuple(number, blank, fc.constantFrom(...Object.keys(compare)), blank, number).map(
    ([a, before, operator, after, b]): Tree => ({
      text: `${a}${before}${operator}${after}${b}`,
      value: compare[operator]?.(a, b) ?? false,
    }),
  );
  const literal = fc.boolean().map((value): Tree => ({ text: String(value), value }));

  /** By precedence: what stands in a conjunction is never an open disjunction. */
  const { any } = fc.letrec<{ any: Tree; all: Tree; one: Tree }>((tie) => ({
    any: fc
      .array(tie('all'), { minLength: 1, maxLength: 3 })
      .map((parts) => ({ text: parts.map(({ text }) => text).join('||'), value: parts.some(({ value }) => value) })),
    all: fc
      .array(tie('one'), { minLength: 1, maxLength: 3 })
      .map((parts) => ({ text: parts.map(({ text }) => text).join(' && '), value: parts.every(({ value }) => value) })),
    one: fc.oneof(
      { maxDepth: 3 },
      literal,
      comparison,
      tie('any').map(({ text, value }) => ({ text: `(${text})`, value })),
      tie('any').map(({ text, value }) => ({ text: `!( ${text} )`, value: !value })),
    ),
  }));

  it('for every tree of comparisons', () => {
    fc.assert(
      fc.property(any, ({ text, value }) => {
        expect(evaluateCriterion({ type: 'simple', condition: text }, {}).met).toBe(value);
      }),
      { numRuns: 1_000 },
    );
  });
});

function met(criterion: Criterion, inputs: { readonly [name: string]: Json }, body: Json): boolean {
  return evaluateCriterion(criterion, { inputs, response: { body }, xpath }).met;
}

describe('a value that is put into a condition stays a value', () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      hostile.filter((each) => each.length < 200),
    )
    .map((each) => each.toWellFormed());
  const context = '$response.body';

  it('of a pattern', () => {
    const criterion: Criterion = { type: 'regex', context, condition: '^{$inputs.s}$' };
    fc.assert(
      fc.property(text, (s) => {
        expect(met(criterion, { s }, s)).toBe(true);
        expect(met(criterion, { s }, `${s}x`)).toBe(false);
      }),
    );
  });

  it.each(["'{$inputs.s}'", '"{$inputs.s}"'])('of a JSONPath, in %s', (place) => {
    const criterion: Criterion = {
      type: 'jsonpath',
      version: 'rfc9535',
      context,
      condition: `$.list[?@.a == ${place}]`,
    };
    fc.assert(
      fc.property(text, (s) => {
        expect(met(criterion, { s }, { list: [{ a: s }] })).toBe(true);
        expect(met(criterion, { s }, { list: [{ a: `${s}x` }] })).toBe(false);
      }),
    );
  });

  it.each(["'{$inputs.s}'", '"{$inputs.s}"', '{$inputs.s}'])('of an XPath, in %s', (place) => {
    const criterion: Criterion = {
      type: 'xpath',
      version: 'xpath-31',
      context,
      condition: `string-length(string(${place})) = {$inputs.n} and not(//b)`,
    };
    fc.assert(
      fc.property(text, (s) => {
        const isNumber = !Number.isNaN(Number(s)) && s.trim() !== '';
        fc.pre(!isNumber && !/[\p{Cc}\ufffe\uffff]/u.test(s));
        expect(met(criterion, { s, n: Array.from(s).length }, '<a/>')).toBe(true);
        expect(met(criterion, { s, n: Array.from(s).length + 1 }, '<a/>')).toBe(false);
      }),
    );
  });

  it('of JSON text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const template = parseValue('{"whole": "{$inputs.v}", "part": "<{$inputs.v}>"}');
        const rendered =
          template.kind === 'template' ? renderJsonText(template, { inputs: { v: value as Json } }) : undefined;
        const json = JSON.parse(rendered?.found === true && typeof rendered.value === 'string' ? rendered.value : '');
        expect(json.whole).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json.part).toBe(`<${typeof value === 'string' ? value : JSON.stringify(value)}>`);
      }),
    );
  });
});
