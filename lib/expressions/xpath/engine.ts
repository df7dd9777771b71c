/**
 * The XPath engine: fontoxpath over slimdom, reached only through `loadXPath`. Everything is bounded: the text, the
 * XML, the nodes visited (facade.ts), the rounds of loops (metered.ts). Versions 2.0 to 3.1 are one language with different
 * vocabularies; 1.0 differs in conversions, which compatible.ts writes into the tree. No document, variable, clock or
 * extension function can be reached. A reason carries the standard's error code and no text of the data.
 */
import { type Document, type Element, parseXmlDocument } from 'slimdom';
import { isObject, type Json } from '../../model/json.ts';
import type { XPathVersion } from '../../model/value.ts';
import { OutOfWork, Work } from '../work.ts';
import type { XPath, XPathOutcome } from '../xpath.ts';
import { compatible } from './compatible.ts';
import { countingFacade } from './facade.ts';
import { resolveFunction } from './functions.ts';
import { evaluateXPath } from './library.ts';
import { metered } from './metered.ts';
import { withText } from './replace.ts';
import { jsonOf } from './results.ts';
import { readXPath } from './static.ts';

export const MAX_XML_LENGTH: number = 2_097_152;
/** Visits of nodes and rounds of loops in one evaluation: a few seconds at worst, the engine is not fast. */
const MAX_STEPS = 5_000_000;

/** The engine, with its bound as a parameter for those who test it. */
export function xpathWithin(maxSteps: number): XPath {
  const evaluation = { maxSteps };
  return {
    check: (text, version) => {
      const read = readXPath(text, version);
      return read.ok ? [] : [read.problem];
    },
    test: (text, xml, version) => evaluate({ ...evaluation, text, xml, version }, isTrue),
    select: (text, xml, version) => evaluate({ ...evaluation, text, xml, version }, selected),
    replace: (text, xml, version, value) => replaced({ ...evaluation, text, xml, version }, value),
  };
}

export const xpath: XPath = xpathWithin(MAX_STEPS);

interface Evaluation {
  readonly text: string;
  readonly xml: string;
  readonly version: XPathVersion;
  readonly maxSteps: number;
}

type ReturnType = (typeof evaluateXPath)['BOOLEAN_TYPE'] | (typeof evaluateXPath)['ALL_RESULTS_TYPE'];
type Query = (type: ReturnType) => unknown;

function isTrue(query: Query): boolean {
  return query(evaluateXPath.BOOLEAN_TYPE) === true;
}

function selected(query: Query): readonly Json[] {
  return resultsOf(query).map((result) => jsonOf(result));
}

function resultsOf(query: Query): readonly unknown[] {
  const results = query(evaluateXPath.ALL_RESULTS_TYPE);
  return Array.isArray(results) ? results : [];
}

function replaced(evaluation: Evaluation, text: string): XPathOutcome<string> {
  const found = evaluate(evaluation, resultsOf);
  if (!found.ok) return { ok: false, why: `fails: ${found.why}` };
  const [declaration = ''] = /^\s*<\?xml\s[^>]*\?>\s*/.exec(evaluation.xml) ?? [];
  const written = withText(found.value, { text, declaration });
  return written.ok ? { ...written, notes: found.notes } : written;
}

function evaluate<T>({ text, xml, version, maxSteps }: Evaluation, ask: (query: Query) => T): XPathOutcome<T> {
  const read = readXPath(text, version);
  if (!read.ok) return { ok: false, why: read.problem.message };
  try {
    const tree = metered(version === 'xpath-10' ? compatible(read.tree) : read.tree);
    return overDocument(parseXml(xml), tree, new Work(maxSteps), ask);
  } catch (error) {
    return { ok: false, why: reasonOf(error) };
  }
}

class NotXml extends Error {}

function parseXml(xml: string): Document {
  if (xml.length > MAX_XML_LENGTH) throw new NotXml(`XML of more than ${MAX_XML_LENGTH} characters is not evaluated`);
  try {
    return parseXmlDocument(xml, { entityExpansionMaxAmplification: 10, entityExpansionThreshold: 100_000 });
  } catch {
    throw new NotXml('the context is not well-formed XML');
  }
}

/**
 * Names without a prefix mean no namespace. Documents that live in a default namespace would never match a plain
 * path, which is what authors write, so nothing found is asked once more with that namespace, and it is said.
 */
function overDocument<T>(document: Document, tree: Element, work: Work, ask: (query: Query) => T): XPathOutcome<T> {
  const strictly = ask(queryOver(document, tree, work, null));
  const namespace = document.documentElement?.namespaceURI ?? null;
  if (!isNothing(strictly) || namespace === null || document.documentElement?.prefix !== null) {
    return { ok: true, value: strictly, notes: [] };
  }
  const loosely = ask(queryOver(document, tree, work, namespace));
  if (isNothing(loosely)) return { ok: true, value: strictly, notes: [] };
  return { ok: true, value: loosely, notes: ['the XPath matched only in the default namespace of the document'] };
}

function isNothing(value: unknown): boolean {
  return value === false || (Array.isArray(value) && value.length === 0);
}

function queryOver(document: Document, tree: Element, work: Work, elements: string | null): Query {
  return (type) =>
    evaluateXPath(tree, document, countingFacade(work), {}, type, {
      language: evaluateXPath.XPATH_3_1_LANGUAGE,
      currentContext: work,
      functionNameResolver: resolveFunction,
      namespaceResolver: (prefix) => (prefix === '' ? elements : document.lookupNamespaceURI(prefix)),
    });
}

/** What the standard's codes mean, for the ones that a condition meets. */
const codes: ReadonlyMap<string, string> = new Map([
  ['XPST0003', 'it is not valid XPath'],
  ['XPST0008', 'it names a variable or element that does not exist'],
  ['XPST0017', 'it calls a function that does not exist'],
  ['XPST0081', 'it uses a prefix that the document does not declare'],
  ['XPTY0004', 'a function or operator was given values of the wrong type or number'],
  ['FORG0001', 'a value cannot be converted to the type that is asked for'],
  ['FORG0006', 'the result is neither true nor false'],
  ['FOAR0001', 'it divides by zero'],
]);

function reasonOf(error: unknown): string {
  if (error instanceof OutOfWork || error instanceof NotXml) return error.message;
  if (error instanceof RangeError) return 'the XPath or the XML is nested too deeply';
  const message = isObject(error) || error instanceof Error ? String((error as { message?: unknown }).message) : '';
  const outOfWork = /it takes more than \d+ steps/.exec(message)?.[0];
  return outOfWork ?? explained(/\b[A-Z]{4}\d{4}\b/.exec(message)?.[0]);
}

function explained(code: string | undefined): string {
  if (code === undefined) return 'the XPath cannot be evaluated';
  const meaning = codes.get(code);
  return meaning === undefined ? `the XPath fails with ${code}` : `the XPath fails with ${code}: ${meaning}`;
}
