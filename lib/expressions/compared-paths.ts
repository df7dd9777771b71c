/**
 * A jsonpath condition that compares (`$.state == 'open'`), which RFC 9535 has only inside filters and documents write all
 * the same. It has one reading, a simple condition about what the path leads to: `$response.body#/state == 'open'`. A filter
 * would mean something else, since there a member that is missing differs from null. Only paths to one place are read so.
 */
import type { Criterion } from '../model/value.ts';
import { parseJsonPath } from './jsonpath/parse.ts';
import { parseExpression } from './parse.ts';
import { formatPointer, isIndex, parsePointer } from './pointer.ts';
import type { Condition } from './simple/condition.ts';
import { parseCondition } from './simple/parse.ts';

export function comparedPaths(criterion: Criterion): string | undefined {
  if (criterion.type !== 'jsonpath' || parseJsonPath(criterion.condition, criterion.version).ok) return undefined;
  if (criterion.condition.includes('{$') || !parseExpression(criterion.context).ok) return undefined;
  const simple = withReadings(criterion.condition, criterion.context);
  const parsed = simple === undefined ? undefined : parseCondition(simple);
  return parsed?.ok === true && onlyCompares(parsed.condition) ? simple : undefined;
}

/** One with an escape is none: a simple condition would take the backslash for a part of the text. */
const texts = String.raw`'[^'\\]*'|"[^"\\]*"`;
const step = String.raw`\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*|\[(?:0|[1-9]\d*|'[^'\\]*'|"[^"\\]*")\]`;
/** A text, a path to one place with nothing more behind it, or what else would be read. */
const piece: RegExp = new RegExp(String.raw`(${texts})|\$((?:${step})+)(?=[\s=!<>&|)]|$)|[$@{\\]`, 'gu');
/** Where an expression in a simple condition ends, and behind the dots of `.length` a name. */
const ending = /[\s<>=!&|()[\]{},]/;
const noName = /[^\w\u0080-\uffff-]/u;

function withReadings(condition: string, context: string): string | undefined {
  let isOther = false;
  const simple = condition.replaceAll(piece, (whole: string, text?: string, path?: string) => {
    if (text !== undefined) return whole;
    const read = path === undefined ? undefined : reading(context, path);
    isOther ||= read === undefined;
    return read ?? whole;
  });
  return isOther ? undefined : simple;
}

/** Undefined where a name on the way would end the expression, or be several. */
function reading(context: string, path: string): string | undefined {
  const [, value = '', pointer = ''] = /^([^#]*)#?(.*)$/s.exec(context) ?? [];
  const tokens = [...(parsePointer(pointer) ?? []), ...tokensOf(path)];
  const isLength = tokens.at(-1) === 'length';
  if ([value, ...tokens].some((one) => ending.test(one))) return undefined;
  if (isLength && tokens.some((token) => noName.test(token))) return undefined;
  return `${value}${isLength ? dotted(tokens) : `#${formatPointer(tokens)}`}`;
}

/** A pointer knows no `length` of a list or a text; tolerated dots do. */
function dotted(tokens: readonly string[]): string {
  return tokens.map((token) => (isIndex(token) ? `[${token}]` : `.${token}`)).join('');
}

function tokensOf(path: string): string[] {
  return [...path.matchAll(new RegExp(step, 'gu'))].map(([one]) =>
    one.startsWith('.') ? one.slice(1) : one.slice(1, -1).replaceAll(/^['"]|['"]$/g, ''),
  );
}

function onlyCompares(condition: Condition): boolean {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.parts.every(onlyCompares);
  return condition.kind === 'compare';
}
