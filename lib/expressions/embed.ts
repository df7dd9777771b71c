/**
 * Expressions embedded in a regex, JSONPath, XPath or JSON Pointer. The standard substitutes text; done literally that
 * lets data rewrite the condition (`x' or '1'='1`). So a value is put in as what it is: quoted in a pattern, escaped
 * in a string, a literal outside of one. It can never become an operator, a path or a function (docs/decisions).
 */
import { unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import { lookUp } from './look-up.ts';
import { quoteForRegex } from './regex.ts';
import type { Scope } from './scope.ts';
import { stringify } from './stringify.ts';
import { splitTemplate } from './template.ts';

export type TargetLanguage = 'regex' | 'jsonpath' | 'xpath' | 'jsonpointer';

export type Embedding = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/** No language takes text as long as this. */
const MAX_EMBEDDED_LENGTH = 65_536;

export function embed(text: string, language: TargetLanguage, scope: Scope): Embedding {
  let made = '';
  for (const part of splitTemplate(text)) {
    if (typeof part === 'string' || isEscapedBrace(made, language)) {
      made += typeof part === 'string' ? part : `{${part.text}}`;
      continue;
    }
    const looked = lookUp(part.text, scope);
    if (!looked.found) return { ok: false, why: `${part.text} is missing: ${looked.why}` };
    const written = write(looked.value, made, language);
    if (written === undefined) return { ok: false, why: `the value of ${part.text} cannot stand there` };
    made += written;
    if (made.length > MAX_EMBEDDED_LENGTH) return { ok: false, why: `with its values the ${language} is too long` };
  }
  return { ok: true, text: made };
}

/** `\{` of a pattern is a brace, not the beginning of an expression. */
function isEscapedBrace(before: string, language: TargetLanguage): boolean {
  return language === 'regex' && (/\\*$/.exec(before.slice(-64))?.[0].length ?? 0) % 2 === 1;
}

/** The value in the language's own writing, for the place after `before`. */
function write(value: Json, before: string, language: TargetLanguage): string | undefined {
  const text = stringify(value);
  if (text === undefined) return undefined;
  switch (language) {
    case 'regex':
      return quoteForRegex(text);
    case 'jsonpointer':
      return text.replaceAll('~', '~0').replaceAll('/', '~1');
    case 'jsonpath':
      return writeJsonPath(value, text.toWellFormed(), before);
    case 'xpath':
      return writeXPath(value, text, before);
    default:
      return unreachable(language, 'target language');
  }
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function writeJsonPath(value: Json, text: string, before: string): string | undefined {
  const quote = openQuote(before, true);
  if (quote !== '') return escapeJsonPath(text, quote);
  if (typeof value === 'object' && value !== null) return undefined;
  const isMember = before.endsWith('.');
  if (isMember) return /^[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*$/.test(text) ? text : undefined;
  const isLiteral =
    typeof value !== 'string' || (text.length < 64 && number.test(text)) || /^(?:true|false|null)$/.test(text);
  return isLiteral ? text : `'${escapeJsonPath(text, "'")}'`;
}

function escapeJsonPath(text: string, quote: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return escaped.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function writeXPath(value: Json, text: string, before: string): string | undefined {
  const quote = openQuote(before, false);
  if (quote !== '') return text.replaceAll(quote, quote + quote);
  if (/(?:\/|@|::)\s*$/.test(before.slice(-64))) return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) ? text : undefined;
  if (typeof value === 'boolean') return `${value}()`;
  if (text.length < 64 && number.test(text)) return text.startsWith('-') ? `(${text})` : text;
  return value === null ? undefined : `'${text.replaceAll("'", "''")}'`;
}

/** The quote that is open at the end of the text; a doubled quote closes and opens again, which comes to the same. */
function openQuote(text: string, backslashEscapes: boolean): string {
  let open = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (open !== '' && backslashEscapes && character === '\\') at += 1;
    else if (open !== '') open = character === open ? '' : open;
    else if (character === "'" || character === '"') open = character;
  }
  return open;
}
