/**
 * What can be told about an XPath from its text: whether it parses, uses only its version's vocabulary, calls only
 * functions that are pure. Works on the engine's own syntax tree. Functions cannot be defined in an expression and
 * ranges are short: every XPath that passes comes to an end.
 */
import type { Element } from 'slimdom';
import type { XPathVersion } from '../../model/value.ts';
import { type Problem, type ProblemCode, problem, type Span } from '../problem.ts';
import { namespaces } from './functions.ts';
import { elementsOf, parseTree, XQUERYX } from './tree.ts';

export const MAX_XPATH_LENGTH: number = 8_192;
const MAX_RANGE = 1_000;

/** Which version brought which expressions; what is not listed is in all of them. */
const vocabulary: Readonly<Record<number, string>> = {
  20: `rangeSequenceExpr flworExpr quantifiedExpr ifThenElseExpr eqOp neOp ltOp leOp gtOp geOp isOp nodeBeforeOp nodeAfterOp
    intersectOp exceptOp idivOp castExpr castableExpr treatExpr instanceOfExpr elementTest attributeTest documentTest`,
  30: 'letClause simpleMapExpr stringConcatenateOp namedFunctionRef dynamicFunctionInvocationExpr argumentPlaceholder',
  31: 'mapConstructor arrayConstructor squareArray curlyArray lookup unaryLookup arrowExpr',
};

const introduced: ReadonlyMap<string, number> = new Map(
  Object.entries(vocabulary).flatMap(([version, names]) =>
    names.split(/\s+/).map((name) => [name, Number(version)] as const),
  ),
);

/** The core library of XPath 1.0, section 4. */
export const coreFunctions: ReadonlySet<string> = namesIn(
  `last position count id local-name namespace-uri name string concat starts-with contains substring-before
  substring-after substring string-length normalize-space translate boolean not true false lang number sum floor
  ceiling round`,
);

/** They give another answer every time, or reach out of the expression. */
const impure: ReadonlySet<string> = namesIn(
  `current-date current-time current-dateTime implicit-timezone random-number-generator trace function-lookup
  load-xquery-module transform doc doc-available collection uri-collection unparsed-text unparsed-text-lines json-doc
  environment-variable put error`,
);

function namesIn(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/));
}

export type ReadXPath =
  | { readonly ok: true; readonly tree: Element }
  | { readonly ok: false; readonly problem: Problem };

/** The tree of a text that may be evaluated. */
export function readXPath(text: string, version: XPathVersion): ReadXPath {
  const everywhere: Span = { at: 0, length: text.length };
  if (text.length > MAX_XPATH_LENGTH) {
    const message = `an XPath has at most ${MAX_XPATH_LENGTH} characters, not ${text.length}`;
    return { ok: false, problem: problem('too-long', message, everywhere) };
  }
  try {
    const tree = parseTree(text);
    const fault = faultOf(tree, version);
    return fault === undefined
      ? { ok: true, tree }
      : { ok: false, problem: problem(fault.code, fault.message, everywhere) };
  } catch (error) {
    return { ok: false, problem: syntaxProblem(error, text) };
  }
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
    return unsupported(`\`${localName}\` came with XPath ${(since / 10).toFixed(1)}, which \`${version}\` is not`);
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
  const prefix = element.getAttributeNS(XQUERYX, 'prefix') ?? '';
  const uri = element.getAttributeNS(XQUERYX, 'URI');
  if (!namespaces.has(prefix) || uri !== null || impure.has(name))
    return unsupported(`the function \`${name}\` is not available here`);
  if (version === 'xpath-10' && (prefix !== '' || !coreFunctions.has(name)))
    return unsupported(`XPath 1.0 has no function \`${name}\``);
  return version !== 'xpath-31' && (prefix === 'map' || prefix === 'array')
    ? unsupported(`\`${prefix}:${name}\` came with XPath 3.1`)
    : undefined;
}

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
