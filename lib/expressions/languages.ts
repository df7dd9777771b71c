/**
 * The `type` of criteria and selectors: a name, or an Expression Type Object with a version (Arazzo 1.1, Expression
 * Type Object). Defaults are filled in, so that nobody downstream asks twice.
 */
import { isObject, type Json } from '../model/json.ts';
import type { SelectorLanguage } from '../model/value.ts';
import { type Problem, placed, problem } from './problem.ts';

export type ParsedLanguage =
  | { readonly ok: true; readonly language: SelectorLanguage }
  | { readonly ok: false; readonly problem: Problem };

/** By type, the default first. */
const versions = {
  jsonpath: ['rfc9535', 'draft-goessner-dispatch-jsonpath-00'],
  xpath: ['xpath-31', 'xpath-30', 'xpath-20', 'xpath-10'],
  jsonpointer: ['rfc6901'],
} as const satisfies {
  readonly [T in SelectorLanguage['type']]: readonly (SelectorLanguage & { type: T })['version'][];
};

/** Of a Selector Object's `type`, or a replacement's `targetSelectorType`. */
export function parseLanguage(json: Json): ParsedLanguage {
  if (typeof json === 'string') return languageOf(json, undefined, []);
  if (!isObject(json) || typeof json['type'] !== 'string')
    return refuse('bad-shape', 'a type is a name, or an object with `type` and `version`', []);
  return languageOf(json['type'], json['version'], ['type']);
}

function languageOf(type: string, version: Json | undefined, path: readonly string[]): ParsedLanguage {
  if (!isType(type)) {
    return refuse('unknown-type', `\`${type}\` is no type of selector; there are ${list(Object.keys(versions))}`, path);
  }
  const known: readonly string[] = versions[type];
  const wanted = version ?? known[0];
  if (typeof wanted !== 'string' || !known.includes(wanted)) {
    return refuse('unknown-version', `${type} has no version ${JSON.stringify(wanted)}; there are ${list(known)}`, [
      'version',
    ]);
  }
  return { ok: true, language: { type, version: wanted } as SelectorLanguage };
}

function isType(type: string): type is SelectorLanguage['type'] {
  return Object.hasOwn(versions, type);
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function refuse(
  code: 'bad-shape' | 'unknown-type' | 'unknown-version',
  message: string,
  path: readonly string[],
): ParsedLanguage {
  const [placedProblem] = placed([problem(code, message, { at: 0, length: 0 })], path);
  return { ok: false, problem: placedProblem as Problem };
}
