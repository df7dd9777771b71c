/**
 * Functions of our own, and those of the engine that we do not take as they are. Its `replace` and `tokenize` run on a backtracking
 * matcher, so ours run on RE2 instead; those that read a clock, draw at random, write a trace or look functions up by
 * name are refused by static.ts, which also keeps to the standard's namespaces.
 */
import type { LexicalQualifiedName, ResolvedQualifiedName } from 'fontoxpath';
import { RE2JS } from 're2js';
import { Work } from '../work.ts';
import { registerFunction } from './library.ts';
import { OURS } from './metered.ts';

/** The standard's own namespaces, by the prefixes that need no declaration (XPath and XQuery Functions 3.1, section 1.3). */
export const namespaces: ReadonlyMap<string, string> = new Map([
  ['', 'http://www.w3.org/2005/xpath-functions'],
  ['fn', 'http://www.w3.org/2005/xpath-functions'],
  ['math', 'http://www.w3.org/2005/xpath-functions/math'],
  ['map', 'http://www.w3.org/2005/xpath-functions/map'],
  ['array', 'http://www.w3.org/2005/xpath-functions/array'],
  ['xs', 'http://www.w3.org/2001/XMLSchema'],
]);

/** Sends `replace` and `tokenize` with a pattern to our own, everything else where it belongs. */
export function resolveFunction(name: LexicalQualifiedName, arity: number): ResolvedQualifiedName {
  const { prefix, localName } = name;
  const matches = (localName === 'replace' && arity >= 3) || (localName === 'tokenize' && arity >= 2);
  const own = matches && (prefix === '' || prefix === 'fn');
  // A prefix that is not listed was refused by static.ts; the engine finds nothing in an empty namespace.
  return { namespaceURI: own ? OURS : (namespaces.get(prefix) ?? ''), localName };
}

/** XPath's flags are RE2's, but for `x` and `q`, which nobody needs here. */
function flagsOf(flags: string): number {
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  return bits;
}

/** Java's rules for `$1` and `\$` are XPath's. */
function replace(text: string | null, pattern: string, replacement: string, flags: string): string {
  return RE2JS.compile(pattern, flagsOf(flags))
    .matcher(text ?? '')
    .replaceAll(replacement, true);
}

function tokenize(text: string | null, pattern: string, flags: string): string[] {
  return text === null || text === '' ? [] : RE2JS.compile(pattern, flagsOf(flags)).split(text, -1);
}

function register(
  localName: string,
  signature: readonly string[],
  result: string,
  call: (...given: never[]) => unknown,
): void {
  const run = (_facade: unknown, ...given: unknown[]): unknown => (call as (...values: unknown[]) => unknown)(...given);
  registerFunction({ namespaceURI: OURS, localName }, [...signature], result, run);
}

const text = 'xs:string?';
register(
  'replace',
  [text, 'xs:string', 'xs:string'],
  'xs:string',
  (value: string | null, pattern: string, by: string) => replace(value, pattern, by, ''),
);
register('replace', [text, 'xs:string', 'xs:string', 'xs:string'], 'xs:string', replace);
register('tokenize', [text, 'xs:string'], 'xs:string*', (value: string | null, pattern: string) =>
  tokenize(value, pattern, ''),
);
register('tokenize', [text, 'xs:string', 'xs:string'], 'xs:string*', tokenize);

/** For metered.ts: so many rounds, or pairs, on the account of the evaluation that is under way. */
function pay(context: { readonly currentContext?: unknown }, left: number, right: number): boolean {
  if (context.currentContext instanceof Work) context.currentContext.spend(2 * left * right);
  return true;
}

registerFunction({ namespaceURI: OURS, localName: 'pay' }, ['xs:integer', 'xs:integer'], 'xs:boolean', pay);
