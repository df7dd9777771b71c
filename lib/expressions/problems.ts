/**
 * Everything that can be said about a value or criterion without running it, for lib/check: errors, and warnings for
 * what is tolerated or surely not meant. Paths and offsets lead to the very characters. A condition that has values put
 * into it is only known at run time, so its syntax is not judged, its embedded expressions are.
 */
import { unreachable } from '../model/assert.ts';
import { isObject, type Json } from '../model/json.ts';
import type { Criterion, Field, JsonPathVersion, SelectorLanguage, Value, XPathVersion } from '../model/value.ts';
import { comparedPaths } from './compared-paths.ts';
import { parseJsonPath } from './jsonpath/parse.ts';
import { parseLanguage } from './languages.ts';
import { isExpression, parseExpression } from './parse.ts';
import { parsePointer } from './pointer.ts';
import { type Problem, placed, problem, warning } from './problem.ts';
import { compileRegex } from './regex.ts';
import { parseCondition } from './simple/parse.ts';
import { bareExpressions, foreignBraces, splitTemplate, unclosedBraces } from './template.ts';
import { MAX_VALUE_DEPTH } from './values.ts';
import type { XPath } from './xpath.ts';

/** What checking needs to have been loaded; without it the text of an XPath is not parsed. */
export interface Tools {
  readonly xpath?: XPath;
}

export function problemsOf(subject: Value | Criterion, tools: Tools = {}): readonly Problem[] {
  return 'type' in subject ? ofCriterion(subject, tools) : ofValue(subject, tools);
}

function ofCriterion(criterion: Criterion, tools: Tools): readonly Problem[] {
  const { condition } = criterion;
  if (criterion.type === 'simple') return placed(ofCondition(condition), ['condition']);
  const context = placed(ofExpression(criterion.context), ['context']);
  return [
    ...context,
    ...placed(
      ofComparedPaths(criterion) ?? [...ofLanguageText(condition, criterion, tools), ...ofFilterOnRoot(criterion)],
      ['condition'],
    ),
  ];
}

function ofCondition(text: string): readonly Problem[] {
  const parsed = parseCondition(text);
  return parsed.ok ? parsed.tolerated : [parsed.problem];
}

function ofComparedPaths(criterion: Criterion): readonly Problem[] | undefined {
  const simple = comparedPaths(criterion);
  if (simple === undefined) return undefined;
  const message = 'a JSONPath selects and does not compare, so this is read as a simple condition';
  return [warning('compared-path', message, { at: 0, length: criterion.condition.length }, simple)];
}

/** The standard's own example does it, and means something else than RFC 9535 says. */
function ofFilterOnRoot({ type, condition }: Criterion): readonly Problem[] {
  if (type !== 'jsonpath' || !condition.startsWith('$[?')) return [];
  const message = 'a filter at the root looks at each member of the context, not at the context itself';
  return [warning('filter-on-root', message, { at: 0, length: 3 })];
}

function ofExpression(text: string): readonly Problem[] {
  const parsed = parseExpression(text);
  return parsed.ok ? parsed.tolerated : [parsed.problem];
}

function ofValue(value: Value, tools: Tools): readonly Problem[] {
  switch (value.kind) {
    case 'literal':
      return ofLiteral(value.value, 0);
    case 'expression':
      return ofExpression(value.text);
    case 'template':
      return ofTemplate(value.parts.map((part) => (typeof part === 'string' ? part : `{${part.text}}`)).join(''));
    case 'selector':
      return [
        ...placed(ofExpression(value.context), ['context']),
        ...placed(ofLanguageText(value.selector, value.language, tools), ['selector']),
      ];
    case 'array':
      return value.items.flatMap((item, index) => placed(ofValue(item, tools), [index]));
    case 'object':
      return [
        ...ofMistakenSelector(value.fields),
        ...value.fields.flatMap((field) => placed(ofValue(field.value, tools), [field.name])),
      ];
    default:
      return unreachable(value, 'value');
  }
}

/** Text that was perhaps meant as an expression. */
function ofLiteral(json: Json, depth: number): readonly Problem[] {
  if (typeof json === 'string') return ofPlainText(json);
  if (depth >= MAX_VALUE_DEPTH) return [];
  if (Array.isArray(json)) return json.flatMap((item: Json, index) => placed(ofLiteral(item, depth + 1), [index]));
  if (!isObject(json)) return [];
  return Object.entries(json).flatMap(([name, value]) => placed(ofLiteral(value, depth + 1), [name]));
}

function ofPlainText(text: string): readonly Problem[] {
  const source = /^\$[A-Za-z]+(?=[.#])/.exec(text)?.[0];
  if (source === undefined || /\s/.test(text)) return ofBraces(text);
  const parsed = parseExpression(text);
  const message = `\`${source}\` is no source of values, so this is taken as plain text`;
  const instead = parsed.ok ? undefined : parsed.problem.instead;
  return [warning('unknown-source', message, { at: 0, length: source.length }, instead)];
}

function ofTemplate(text: string): readonly Problem[] {
  const [only, ...others] = splitTemplate(text);
  const whole = typeof only === 'object' && others.length === 0 ? [alwaysText(only.text)] : [];
  return [...whole, ...ofEmbedded(text), ...ofBraces(text)];
}

function alwaysText(text: string): Problem {
  const message = 'an expression in braces becomes text; without them the value keeps its type';
  return warning('braces', message, { at: 0, length: text.length + 2 }, text);
}

function ofEmbedded(text: string): readonly Problem[] {
  return splitTemplate(text).flatMap((part) =>
    typeof part === 'string' ? [] : placed(ofExpression(part.text), [], part.at + 1),
  );
}

function ofBraces(text: string): readonly Problem[] {
  const unclosed = unclosedBraces(text).map((at) =>
    problem('unclosed-brace', 'the embedded expression is not closed by `}`', { at, length: 2 }),
  );
  const foreign = foreignBraces(text).map(({ at, text: inner }) =>
    warning('unknown-source', `\`{${inner}}\` is no embedded expression, so it is taken as plain text`, {
      at,
      length: inner.length + 2,
    }),
  );
  return [...unclosed, ...foreign, ...ofBareExpressions(text)];
}

/** `Bearer $inputs.token`: only braces embed. Of a text that is one expression as a whole nobody asks here. */
function ofBareExpressions(text: string): readonly Problem[] {
  return bareExpressions(text).map(({ at, text: bare }) =>
    warning('bare-expression', 'without braces it is a part of the text', { at, length: bare.length }, `{${bare}}`),
  );
}

/** `{context: $..., selector, type}` whose type is not known: it would be sent as it stands. */
function ofMistakenSelector(fields: readonly Field[]): readonly Problem[] {
  const named = new Map(fields.map(({ name, value }) => [name, value]));
  const type = named.get('type');
  if (named.get('context')?.kind !== 'expression' || !named.has('selector') || type?.kind !== 'literal') return [];
  const parsed = parseLanguage(type.value);
  return parsed.ok ? [] : placed([parsed.problem], ['type']);
}

type Language =
  | SelectorLanguage
  | { readonly type: 'regex' }
  | { readonly type: 'jsonpath'; readonly version: JsonPathVersion }
  | { readonly type: 'xpath'; readonly version: XPathVersion };

function ofLanguageText(text: string, language: Language, tools: Tools): readonly Problem[] {
  const embedded = splitTemplate(text).some((part) => typeof part !== 'string');
  return embedded ? ofEmbedded(text) : ofSyntax(text, language, tools);
}

function ofSyntax(text: string, language: Language, tools: Tools): readonly Problem[] {
  switch (language.type) {
    case 'regex': {
      const regex = compileRegex(text);
      return regex.ok ? ofBareExpressions(text) : [regex.problem];
    }
    case 'jsonpath': {
      const parsed = parseJsonPath(text, language.version);
      return parsed.ok ? [] : [parsed.problem];
    }
    case 'jsonpointer':
      return parsePointer(text.startsWith('#') ? text.slice(1) : text) === undefined ? [notPointer(text)] : [];
    case 'xpath':
      return tools.xpath?.check(text, language.version) ?? [];
    default:
      return unreachable(language, 'language');
  }
}

function notPointer(text: string): Problem {
  const instead = isExpression(text) || text === '' ? undefined : `/${text}`;
  return problem('bad-pointer', `\`${text}\` is no JSON Pointer`, { at: 0, length: text.length }, instead);
}
