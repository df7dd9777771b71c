/**
 * What can be told about an XPath from its text: whether it parses, uses only its version's vocabulary, calls only
 * functions that exist and are pure, and how deeply it loops. Works on the engine's own syntax tree (XQueryX). Functions
 * cannot be defined in an expression and ranges are short: every XPath that passes comes to an end.
 */
import { Document, type Element } from 'slimdom';
import type { XPathVersion } from '../../model/value.ts';
import { type Problem, type ProblemCode, problem, type Span } from '../problem.ts';
import { namespaces } from './functions.ts';
import { evaluateXPath, parseScript } from './library.ts';

export const MAX_XPATH_LENGTH: number = 8_192;
const MAX_RANGE = 1_000;

/** Versions of the language by number; what is not listed is in all of them. */
const introduced: ReadonlyMap<string, number> = new Map([
  ...['rangeSequenceExpr', 'flworExpr', 'quantifiedExpr', 'ifThenElseExpr'].map((name) => [name, 20] as const),
  ...['eqOp', 'neOp', 'ltOp', 'leOp', 'gtOp', 'geOp', 'isOp'].map((name) => [name, 20] as const),
  ...['nodeBeforeOp', 'nodeAfterOp', 'intersectOp', 'exceptOp', 'idivOp'].map((name) => [name, 20] as const),
  ...['castExpr', 'castableExpr', 'treatExpr', 'instanceOfExpr'].map((name) => [name, 20] as const),
  ...['elementTest', 'attributeTest', 'documentTest'].map((name) => [name, 20] as const),
  ...['letClause', 'simpleMapExpr', 'stringConcatenateOp', 'namedFunctionRef'].map((name) => [name, 30] as const),
  ...['dynamicFunctionInvocationExpr', 'argumentPlaceholder'].map((name) => [name, 30] as const),
  ...['mapConstructor', 'arrayConstructor', 'squareArray', 'curlyArray'].map((name) => [name, 31] as const),
  ...['lookup', 'unaryLookup', 'arrowExpr'].map((name) => [name, 31] as const),
]);

/** The core library of XPath 1.0, section 4. */
export const coreFunctions: ReadonlySet<string> = new Set(
  [
    'last',
    'position',
    'count',
    'id',
    'local-name',
    'namespace-uri',
    'name',
    'string',
    'concat',
    'starts-with',
    'contains',
  ]
    .concat(['substring-before', 'substring-after', 'substring', 'string-length', 'normalize-space', 'translate'])
    .concat(['boolean', 'not', 'true', 'false', 'lang', 'number', 'sum', 'floor', 'ceiling', 'round']),
);

/** They give another answer every time, or reach out of the expression. */
const impure: ReadonlySet<string> = new Set(
  ['current-date', 'current-time', 'current-dateTime', 'implicit-timezone', 'random-number-generator']
    .concat(['trace', 'function-lookup', 'load-xquery-module', 'transform', 'doc', 'doc-available', 'collection'])
    .concat([
      'uri-collection',
      'unparsed-text',
      'unparsed-text-lines',
      'json-doc',
      'environment-variable',
      'put',
      'error',
    ]),
);

export function parseXPath(text: string): Element {
  const options = { language: evaluateXPath.XPATH_3_1_LANGUAGE, annotateAst: false };
  return parseScript<Element>(text, options, new Document());
}

export function checkXPath(text: string, version: XPathVersion): readonly Problem[] {
  const everywhere: Span = { at: 0, length: text.length };
  if (text.length > MAX_XPATH_LENGTH) {
    return [problem('too-long', `an XPath has at most ${MAX_XPATH_LENGTH} characters, not ${text.length}`, everywhere)];
  }
  try {
    const found = faultOf(parseXPath(text), version);
    return found === undefined ? [] : [problem(found.code, found.message, everywhere)];
  } catch (error) {
    return [syntaxProblem(error, text)];
  }
}

/** How many loops stand in the expression; each may go round once per item of the longest sequence there can be. */
export function loopsOf(tree: Element): number {
  const loops = new Set(['forClauseItem', 'quantifiedExprInClause', 'simpleMapExpr']);
  return elementsOf(tree).filter(({ localName }) => loops.has(localName)).length;
}

function elementsOf(tree: Element): readonly Element[] {
  return [tree, ...tree.children.flatMap((child) => elementsOf(child))];
}

type Fault = { readonly code: ProblemCode; readonly message: string };

function faultOf(tree: Element, version: XPathVersion): Fault | undefined {
  for (const element of elementsOf(tree)) {
    const fault = faultOfElement(element, version);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfElement(element: Element, version: XPathVersion): Fault | undefined {
  const { localName } = element;
  const since = introduced.get(localName) ?? 10;
  if (since > Number(version.slice(-2)))
    return unsupported(`\`${localName}\` came with XPath ${since / 10}, which \`${version}\` is not`);
  switch (localName) {
    case 'functionName':
      return faultOfFunction(element, version);
    case 'inlineFunctionExpr':
      return unsupported('an XPath cannot define functions here, so that it surely ends');
    case 'varRef':
      return isBound(element)
        ? undefined
        : { code: 'bad-xpath', message: `there is no variable \`$${element.textContent ?? ''}\`` };
    case 'rangeSequenceExpr':
      return isShortRange(element)
        ? undefined
        : unsupported(`a range goes from one number to another, at most ${MAX_RANGE} apart`);
    default:
      return undefined;
  }
}

function unsupported(message: string): Fault {
  return { code: 'unsupported-xpath', message };
}

function faultOfFunction(element: Element, version: XPathVersion): Fault | undefined {
  const name = element.textContent ?? '';
  const prefix = element.getAttributeNS(xqueryX, 'prefix') ?? '';
  const uri = element.getAttributeNS(xqueryX, 'URI');
  if (!namespaces.has(prefix) || uri !== null || impure.has(name))
    return unsupported(`the function \`${name}\` is not available here`);
  if (version === 'xpath-10' && (prefix !== '' || !coreFunctions.has(name)))
    return unsupported(`XPath 1.0 has no function \`${name}\``);
  return version !== 'xpath-31' && (prefix === 'map' || prefix === 'array')
    ? unsupported(`\`${prefix}:${name}\` came with XPath 3.1`)
    : undefined;
}

const xqueryX = 'http://www.w3.org/2005/XQueryX';

/** By a loop or a `let` anywhere around it; the engine finds what this leaves open. */
function isBound(reference: Element): boolean {
  const name = reference.textContent;
  for (let around = reference.parentElement; around !== null; around = around.parentElement) {
    if (elementsOf(around).some(({ localName, textContent }) => localName === 'varName' && textContent === name))
      return true;
  }
  return false;
}

function isShortRange(range: Element): boolean {
  const bounds = range.children.map((bound) =>
    bound.firstElementChild?.localName === 'integerConstantExpr' ? Number(bound.textContent) : Number.NaN,
  );
  const [start = Number.NaN, end = Number.NaN] = bounds;
  return end - start < MAX_RANGE;
}

/** The engine knows where it stopped reading; its message repeats the text and is not used. */
function syntaxProblem(error: unknown, text: string): Problem {
  const position = (error as { position?: { start?: { offset?: unknown } } } | null)?.position?.start?.offset;
  const at = typeof position === 'number' ? Math.min(Math.max(0, position), text.length) : 0;
  const message =
    error instanceof RangeError ? 'the XPath is nested too deeply' : 'this is not valid XPath from here on';
  return problem(error instanceof RangeError ? 'too-deep' : 'bad-xpath', message, { at, length: text.length - at });
}
