/**
 * Seeded texts for everything that reads what others have written, and what is held of each: no exception leaves it, no
 * code is evaluated, and the steps that it takes are bounded by the length of the text. A text is made of what the
 * grammars are made of, so that it gets far before it goes wrong; a seed gives the same text again.
 */
import { loadRegex, compileRegex } from '../../lib/expressions/regex.ts';
import { evaluateCriterion } from '../../lib/expressions/criterion.ts';
import { evaluate } from '../../lib/expressions/evaluate.ts';
import { parseJsonPath } from '../../lib/expressions/jsonpath/parse.ts';
import { parseExpression } from '../../lib/expressions/parse.ts';
import { problemsOf } from '../../lib/expressions/problems.ts';
import type { Scope } from '../../lib/expressions/scope.ts';
import { parseCondition } from '../../lib/expressions/simple/parse.ts';
import { parseCriterion, parseValue } from '../../lib/expressions/values.ts';
import { Work } from '../../lib/expressions/work.ts';
import { loadXPath, type XPath } from '../../lib/expressions/xpath.ts';
import type { Json, JsonObject } from '../../lib/model/json.ts';
import type { PlanBody, PlanParameter } from '../../lib/model/plan.ts';
import { defaultLimits } from '../../lib/read/limits.ts';
import { positionedFromText } from '../../lib/read/positioned.ts';
import { buildRequest } from '../../lib/runtime/request/build.ts';
import { xmlWriter } from '../../lib/runtime/request/xml-text.ts';
import { operationOf, planOf, stepOf } from './plan-fixture.ts';

/** Numbers from a seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = (seed * 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Roll = () => number;

const NAMES = ['a', 'b1', '__proto__', 'constructor', 'length', 'ß', '\ud800', 'toString', 'x-y', '0', ''];
const VALUES = ["'x'", '"y"', "''", 'null', 'true', '1', '-1.5e3', '9'.repeat(40), '`${1}`', 'process.exit(1)'];
const MARKS = [
  '.',
  '..',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '{$',
  '#/',
  '~',
  '~1',
  ',',
  ':',
  '*',
  '/',
  '\\',
  ' ',
  '\n',
  '\t',
];
const OPERATORS = ['==', '!=', '<', '>=', '!', '&&', '||', '=', '===', '+', '?', '-', '|', '&'];
const EXPRESSIONS = [
  '$inputs.',
  '$response.body',
  '$response.header.',
  '$steps.',
  '.outputs.',
  '$statusCode',
  '$',
  '@',
  '[?',
  '[0]',
  '$[?@.',
];
const PATTERNS = [
  '(?:',
  '(?=',
  '[a-z',
  ']',
  ')+',
  '){2,999}',
  '\\d',
  '\\1',
  '^',
  '$',
  '|',
  '.*',
  '[^]',
  '\\p{L}',
  '(?i)',
];
const XPATHS = [
  '//',
  'count(',
  'string(',
  'for $i in 1 to ',
  ' return ',
  '/*',
  '[1]',
  'doc(',
  'text()',
  '..',
  "'",
  'ancestor::',
];
const YAMLS = [
  '\n',
  '\n  ',
  '\n- ',
  '- ',
  ': ',
  '? ',
  '&a ',
  '*a',
  '!!str ',
  '|\n  ',
  '>-\n ',
  '"',
  "'",
  '#',
  '---\n',
  '[',
  ']',
  '{',
  '}',
  ',',
  '<<: ',
  '\r',
  '%YAML 1.2\n',
  'key: ',
];

const ALPHABETS = {
  expression: [EXPRESSIONS, EXPRESSIONS, NAMES, MARKS, VALUES],
  condition: [EXPRESSIONS, OPERATORS, NAMES, VALUES, MARKS],
  jsonpath: [EXPRESSIONS, OPERATORS, NAMES, VALUES, MARKS, MARKS],
  regex: [PATTERNS, PATTERNS, NAMES, MARKS],
  xpath: [XPATHS, XPATHS, NAMES, OPERATORS, VALUES, MARKS],
  yaml: [YAMLS, YAMLS, NAMES, VALUES, MARKS],
  json: [VALUES, MARKS, MARKS, NAMES],
} as const satisfies { readonly [kind: string]: readonly (readonly string[])[] };

function textOf(kind: keyof typeof ALPHABETS, roll: Roll, most: number): string {
  const lists = ALPHABETS[kind];
  const count = Math.floor(roll() ** 3 * most);
  let text = '';
  for (let piece = 0; piece < count; piece += 1) text += pick(pick(lists, roll), roll);
  return roll() < 0.02 ? text.repeat(20) : text;
}

function pick<T>(list: readonly T[], roll: Roll): T {
  // Never empty, and never asked beyond its end.
  return list[Math.floor(roll() * list.length)] as T;
}

function jsonOf(roll: Roll, depth = 0): Json {
  const kind = Math.floor(roll() * (depth > 3 ? 5 : 7));
  if (kind < 3) return pick([EXPRESSIONS, NAMES, VALUES], roll).slice(0, 2).join('') + pick(NAMES, roll);
  if (kind === 3) return pick([null, true, 0, -1.5, 1e300], roll);
  if (kind === 4) return `{$inputs.${pick(NAMES, roll)}} ${pick(VALUES, roll)}`;
  const size = Math.floor(roll() * 4);
  if (kind === 5) return Array.from({ length: size }, () => jsonOf(roll, depth + 1));
  return Object.fromEntries(Array.from({ length: size }, () => [pick(NAMES, roll), jsonOf(roll, depth + 1)]));
}

export interface Fuzzed {
  readonly input: string;
  /** Steps that were counted. */
  readonly spent: number;
}

export type Target =
  | 'expression'
  | 'condition'
  | 'jsonpath'
  | 'regex'
  | 'xpath'
  | 'selector'
  | 'criterion'
  | 'yaml'
  | 'json'
  | 'request';

/** What a text of this length may take. */
export function allowed(length: number): number {
  return 100 * length + 10_000;
}

let xpath: XPath | undefined;

export async function readyToFuzz(): Promise<void> {
  await loadRegex();
  xpath = await loadXPath();
}

const DATA: JsonObject = { a: [{ b1: 1, length: 2 }, 'x'], 'x-y': { __proto__: null, ß: 'ü' }, length: [1, 2, 3] };
const SCOPE: Scope = {
  inputs: DATA,
  statusCode: 200,
  response: { body: DATA, header: { a: 'b' } },
};

const TARGETS: { readonly [T in Target]: (roll: Roll) => Fuzzed } = {
  expression: (roll: Roll) =>
    counted(textOf('expression', roll, 60), (text, work) => {
      parseExpression(text, work);
      evaluate(parseValue(text), SCOPE);
    }),
  condition: (roll: Roll) =>
    counted(textOf('condition', roll, 60), (text, work) => {
      parseCondition(text, work);
      evaluateCriterion({ type: 'simple', condition: text }, SCOPE);
    }),
  jsonpath: (roll: Roll) =>
    counted(textOf('jsonpath', roll, 60), (text, work) => {
      const version = roll() < 0.5 ? 'rfc9535' : 'draft-goessner-dispatch-jsonpath-00';
      parseJsonPath(text, version, work);
      evaluateCriterion({ type: 'jsonpath', version, context: '$response.body', condition: text }, SCOPE);
    }),
  regex: (roll: Roll) =>
    counted(textOf('regex', roll, 30), (text, work) => {
      const compiled = compileRegex(text, work);
      if (compiled.ok) compiled.matches('aaab1 ß\n');
    }),
  xpath: (roll: Roll) =>
    counted(textOf('xpath', roll, 30), (text, work) => {
      work.spend(text.length);
      xpath?.check(text, 'xpath-31');
      xpath?.test(text, '<r><a id="1">x</a><a>y</a></r>', 'xpath-10');
    }),
  selector: (roll: Roll) =>
    counted(JSON.stringify(selectorOf(roll)), (text, work) => {
      // Written a moment ago.
      const json = JSON.parse(text) as Json;
      work.spend(text.length);
      const value = parseValue(json);
      problemsOf(value, xpath ? { xpath } : {});
      evaluate(value, { ...SCOPE, ...(xpath && { xpath }) });
    }),
  criterion: (roll: Roll) =>
    counted(
      JSON.stringify({ condition: textOf('condition', roll, 30), context: '$response.body', type: pick(TYPES, roll) }),
      (text, work) => {
        work.spend(text.length);
        const parsed = parseCriterion(JSON.parse(text) as Json);
        if (!parsed.ok) return;
        problemsOf(parsed.criterion, xpath ? { xpath } : {});
        evaluateCriterion(parsed.criterion, { ...SCOPE, ...(xpath && { xpath }) });
      },
    ),
  yaml: (roll: Roll) =>
    counted(textOf('yaml', roll, 80), (text, work) => {
      positionedFromText('a.yaml', text, { ...defaultLimits, work });
    }),
  json: (roll: Roll) =>
    counted(textOf('json', roll, 80), (text, work) => {
      positionedFromText('a.json', `[${text}`, { ...defaultLimits, work });
    }),
  request: (roll: Roll) => {
    const parameters = Array.from({ length: Math.floor(roll() * 4) }, () => parameterOf(roll));
    const body = roll() < 0.7 ? bodyOf(roll) : undefined;
    return counted(JSON.stringify({ parameters, body }), (_text, work) => {
      const step = stepOf({ path: 'pay', parameters, ...(body && { body }) });
      const content = [
        { contentType: pick(CONTENT_TYPES, roll), schema: { type: 'object', properties: { a: { type: 'string' } } } },
      ];
      const plan = planOf({
        steps: [step],
        operations: [operationOf('pay', { path: '/a/{b1}/c', body: { required: false, content } })],
      });
      const environment = { server: 'https://pay.example' };
      const scope = { ...SCOPE, ...(xpath && { xpath }) };
      buildRequest({ plan, step, environment, scope, idempotencyKey: 'key', xml: xmlWriter, work });
    });
  },
};

const TYPES = ['simple', 'regex', 'jsonpath', 'xpath'] as const;
const CONTENT_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/xml',
  'text/plain; charset=iso-8859-1',
  'application/jsonl',
  'application/octet-stream',
] as const;

export const TARGET_NAMES = Object.keys(TARGETS) as readonly Target[];

function selectorOf(roll: Roll): Json {
  const type = pick(['jsonpath', 'jsonpointer', 'xpath'] as const, roll);
  const selector = type === 'jsonpointer' ? `/${textOf('expression', roll, 10)}` : textOf(type, roll, 20);
  return { context: '$response.body', selector, type };
}

function parameterOf(roll: Roll): PlanParameter {
  const location = pick(['path', 'query', 'header', 'cookie', 'querystring'] as const, roll);
  return { in: location, name: location === 'path' ? 'b1' : pick(NAMES, roll), value: parseValue(jsonOf(roll)) };
}

function bodyOf(roll: Roll): PlanBody {
  const replacements = Array.from({ length: Math.floor(roll() * 3) }, () => {
    const language = pick(['jsonpointer', 'jsonpath', 'xpath'] as const, roll);
    const target = language === 'jsonpointer' ? `/${pick(NAMES, roll)}` : textOf(language, roll, 8);
    return { target, language, value: parseValue(jsonOf(roll)) };
  });
  const contentType = roll() < 0.5 ? { contentType: pick(CONTENT_TYPES, roll) } : {};
  return { ...contentType, payload: parseValue(jsonOf(roll)), replacements };
}

function counted(input: string, use: (text: string, work: Work) => void): Fuzzed {
  const work = new Work();
  use(input, work);
  return { input, spent: work.spent };
}

/** Throws what nothing may throw. */
export function fuzzed(target: Target, seed: number): Fuzzed {
  return TARGETS[target](dice(seed));
}

/**
 * While it runs nobody makes code out of text: the ways to do so are closed, and whoever tries is found out. Returns what
 * opens them again.
 */
export function withoutEvaluation(): () => void {
  const global = globalThis as unknown as { [name: string]: unknown };
  const names = ['eval', 'Function'] as const;
  const before = names.map((name) => global[name]);
  for (const name of names)
    global[name] = () => {
      throw new Error(`${name} was asked to make code`);
    };
  return () => {
    for (const [at, name] of names.entries()) global[name] = before[at];
  };
}
