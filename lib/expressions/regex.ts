/**
 * Regular expressions, matched in time linear in the text by RE2 (re2js): no pattern, however hostile, can hang a
 * handler. What RE2 lacks for that reason (look-ahead, back-references) is refused with a reason. Accepted are a bare
 * pattern and `/pattern/flags`; matching is a search, anchors are the author's business (Arazzo 1.1, Regex Conditions).
 * The engine is loaded on demand (`loadRegex`), so that a function without patterns does not pay for it; evaluation itself
 * stays synchronous.
 */
import type { RE2JS } from 're2js';
import { assert } from '../model/assert.ts';
import type { Criterion, Value } from '../model/value.ts';
import { BoundedCache } from './cache.ts';
import { type Problem, problem } from './problem.ts';
import type { Work } from './work.ts';

export type CompiledRegex =
  | { readonly ok: true; readonly matches: (text: string) => boolean | 'too-much-work' }
  | { readonly ok: false; readonly problem: Problem };

export const MAX_PATTERN_LENGTH: number = 4_096;
/** Of a pattern's own, for each of its characters and besides: repetitions of repetitions make more of them than anybody means. */
const MAX_INSTRUCTIONS_EACH = 100;
const FREE_INSTRUCTIONS = 10_000;
/** Instructions of the program times characters of the text: two or three seconds where RE2 is slowest. */
export const MAX_REGEX_WORK: number = 100_000_000;

type Engine = typeof import('re2js');

let engine: Engine | undefined;

/** Loads the engine, once; no network, only a module of this package's dependencies. */
export async function loadRegex(): Promise<void> {
  engine ??= await import('re2js');
}

/** Whether checking it compiles a pattern; those of `match` and `search` are compiled when they are evaluated. */
export function usesRegex(subject: Value | Criterion): boolean {
  return 'type' in subject && subject.type === 'regex';
}

/** The JSONPath in it may match patterns, by `match` or `search`. */
export function mayMatch(text: string): boolean {
  return /\b(?:match|search)\(/.test(text);
}

function loaded(): Engine {
  assert(engine !== undefined, 'the engine of regular expressions is loaded before one is evaluated');
  return engine;
}

const compiled = new BoundedCache<CompiledRegex>(200);

export function compileRegex(text: string, work?: Work): CompiledRegex {
  return work === undefined ? compiled.get(text, (source) => compileUncached(source)) : compileUncached(text, work);
}

/** Every character that could mean something, in or out of a class, behind a backslash. */
export function quoteForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/\-#&~]/g, '\\$&');
}

function compileUncached(text: string, work?: Work): CompiledRegex {
  if (text.length > MAX_PATTERN_LENGTH) {
    return refuse('too-long', `a pattern has at most ${MAX_PATTERN_LENGTH} characters, not ${text.length}`, text);
  }
  const { pattern, flags } = splitFlags(text);
  const unsupported = Array.from(flags).find((flag) => !Object.hasOwn(FLAGS, flag));
  if (unsupported !== undefined)
    return refuse('unsupported-regex', `the flag \`${unsupported}\` is not supported`, text);
  if (/^(?:[^\\]|\\[^k])*\\k</.test(pattern)) return refuse('unsupported-regex', noBackReferences, text);
  return compilePattern(pattern, bitsOf(flags), { text, work });
}

const noLookAhead = 'look-ahead is not supported, because patterns are matched in linear time';
const noBackReferences = 'back-references are not supported, because patterns are matched in linear time';

/** `g`, `u` and `d` change nothing about whether a text matches. */
const FLAGS = { i: 'CASE_INSENSITIVE', m: 'MULTILINE', s: 'DOTALL', g: undefined, u: undefined, d: undefined } as const;

function bitsOf(flags: string): number {
  const { RE2JS } = loaded();
  return Array.from(flags).reduce((bits, flag) => {
    const name = FLAGS[flag as keyof typeof FLAGS];
    return name === undefined ? bits : bits | RE2JS[name];
  }, RE2JS.LOOKBEHINDS);
}

/** `/p/i` only if nothing but flags follows the last slash and no bare slash stands inside: `/api/v1/i` is a pattern. */
function splitFlags(text: string): { readonly pattern: string; readonly flags: string } {
  const [, pattern, flags] = /^\/((?:[^/\\]|\\.)+)\/([a-z]*)$/s.exec(text) ?? [];
  return pattern === undefined || flags === undefined ? { pattern: text, flags: '' } : { pattern, flags };
}

function compilePattern(
  pattern: string,
  bits: number,
  { text, work }: { readonly text: string; readonly work: Work | undefined },
): CompiledRegex {
  const { RE2JS } = loaded();
  try {
    const most = FREE_INSTRUCTIONS + MAX_INSTRUCTIONS_EACH * pattern.length;
    const weight = weightOf(pattern);
    if (weight > most)
      return refuse('too-long', `the pattern comes to ${weight} instructions, and at most ${most} are allowed`, text);
    const regex = RE2JS.compile(RE2JS.translateRegExp(pattern), bits);
    work?.spend(text.length + regex.programSize());
    return { ok: true, matches: (subject) => search(regex, subject) };
  } catch (error) {
    return refused(error, text);
  }
}

/** About how many instructions it comes to, before anybody makes them: each part as often as it is repeated. */
function weightOf(pattern: string): number {
  const token = /\\[pP]\{[^}]*\}|\\.|\[\^?(?:\\.|[^\]\\])*\]|\{(\d{1,9})(?:,(\d{0,9}))?\}|./gs;
  const open: Weighed[] = [{ weight: 0, last: 0 }];
  for (const [piece, least, most] of pattern.matchAll(token)) {
    const group = open.at(-1);
    if (!group) break;
    if (piece === '(') open.push({ weight: 0, last: 0 });
    else if (piece === ')' && open.length > 1) add(open.at(-2), closed(open.pop()));
    else if (least !== undefined) repeat(group, timesOf(Number(least), Number(most ?? least)));
    else add(group, 1);
  }
  return open.reduce((sum, { weight }) => sum + weight, 0);
}

/** What may be left out is an instruction more each time. */
function timesOf(least: number, most: number): number {
  return least + 2 * Math.max(0, most - least);
}

interface Weighed {
  weight: number;
  last: number;
}

function closed(group: Weighed | undefined): number {
  return 1 + (group?.weight ?? 0);
}

function add(group: Weighed | undefined, weight: number): void {
  if (!group) return;
  group.weight += weight;
  group.last = weight;
}

function repeat(group: Weighed, times: number): void {
  const more = group.last * (Math.max(1, times) - 1);
  group.weight += more;
  group.last += more;
}

function search(regex: RE2JS, subject: string): boolean | 'too-much-work' {
  return regex.programSize() * subject.length > MAX_REGEX_WORK ? 'too-much-work' : regex.test(subject);
}

/** Of the library's message only the description is used: its excerpt may hold a value that was put in. */
function refused(error: unknown, text: string): CompiledRegex {
  if (!(error instanceof loaded().RE2JSSyntaxException)) return refuse('bad-regex', 'the pattern is too complex', text);
  const excerpt = error.getPattern() ?? '';
  if (excerpt === '(?=' || excerpt === '(?!') return refuse('unsupported-regex', noLookAhead, text);
  if (/^\\[1-9]/.test(excerpt)) return refuse('unsupported-regex', noBackReferences, text);
  return refuse('bad-regex', `the pattern is not valid: ${error.getDescription()}`, text);
}

function refuse(code: 'bad-regex' | 'unsupported-regex' | 'too-long', message: string, text: string): CompiledRegex {
  return { ok: false, problem: problem(code, message, { at: 0, length: text.length }) };
}

const iRegexps = new BoundedCache<RE2JS | 'invalid'>(200);

/** `match` and `search` of JSONPath, whose patterns are I-Regexps (RFC 9485); an invalid one matches nothing. */
export function matchesIRegexp(pattern: string, text: string, whole: boolean, work: Work): boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) return false;
  const regex = iRegexps.get(pattern, compileIRegexp);
  if (regex === 'invalid') return false;
  work.spend(1 + Math.ceil((regex.programSize() * text.length) / 20));
  return whole ? regex.testExact(text) : regex.test(text);
}

function compileIRegexp(pattern: string): RE2JS | 'invalid' {
  const { RE2JS } = loaded();
  try {
    return RE2JS.compile(RE2JS.translateRegExp(dotsOfIRegexp(pattern)));
  } catch {
    return 'invalid';
  }
}

/** A dot of an I-Regexp matches neither of the two line ends, RE2's only spares `\n`. */
function dotsOfIRegexp(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gs, (token) => (token === '.' ? '[^\\n\\r]' : token));
}
