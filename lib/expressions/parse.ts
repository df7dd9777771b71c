/**
 * Text to Expression, by the grammar of Arazzo 1.1 (Runtime Expressions), in one pass from left to right.
 * Total: whatever the text, the answer is an expression or one problem with its offset. What real documents write
 * beyond the grammar (dots and brackets into a body, ids with blanks, a whole object) is parsed and listed in
 * `tolerated`, for a check to warn about. Whether the things referred to exist is not this file's question.
 */
import { BoundedCache } from './cache.ts';
import { Cursor } from './cursor.ts';
import type { ComponentKind, Expression, ExpressionSource, MessageSource } from './expression.ts';
import { expectEnd, isIdentifier, isStrict, takeInside, takeInsideFreely, takeMember } from './parse-inside.ts';
import { takeStep, takeWorkflow } from './parse-owner.ts';
import { type Problem, problem } from './problem.ts';
import type { Work } from './work.ts';

export type Parsed =
  | { readonly ok: true; readonly expression: Expression; readonly tolerated: readonly Problem[] }
  | { readonly ok: false; readonly problem: Problem };

/** Longer than any expression that a person writes. */
export const MAX_EXPRESSION_LENGTH: number = 4_096;

const parsed = new BoundedCache<Parsed>();

/** Parses one expression, with its leading `$` and without braces. */
export function parseExpression(text: string, work?: Work): Parsed {
  if (text.length > MAX_EXPRESSION_LENGTH) return { ok: false, problem: tooLong(text) };
  return work === undefined ? parsed.get(text, (source) => parse(new Cursor(source))) : parse(new Cursor(text, work));
}

/**
 * Whether a string is meant as an expression: it begins with a known source, and that is all or a part of it follows.
 * `$100`, `$ref` and `$methodical` are text; `$inputs.` is an expression, although a broken one.
 */
export function isExpression(text: string): boolean {
  const word = /^\$([A-Za-z]+)(?=$|[.#[])/.exec(text)?.[1];
  return word !== undefined && Object.hasOwn(sources, word);
}

function parse(cursor: Cursor): Parsed {
  const expression = takeExpression(cursor);
  if (cursor.problem !== undefined) return { ok: false, problem: cursor.problem };
  return { ok: true, expression, tolerated: cursor.tolerated };
}

function takeExpression(cursor: Cursor): Expression {
  cursor.accept('$');
  const source = cursor.takeWhile((character) => /[A-Za-z]/.test(character));
  if (cursor.text.startsWith('$') && isSource(source)) return sources[source](cursor, source);
  cursor.fail('unknown-source', unknownSource(cursor.text), { at: 0, length: cursor.at }, nearestSource(source));
  return { source: 'url' };
}

type Take = (cursor: Cursor, source: ExpressionSource) => Expression;

/** How each source goes on; the keys are all the sources there are. */
const sources: Readonly<Record<ExpressionSource, Take>> = {
  url: (cursor) => takeScalar(cursor, 'url'),
  method: (cursor) => takeScalar(cursor, 'method'),
  statusCode: (cursor) => takeScalar(cursor, 'statusCode'),
  self: (cursor) => takeScalar(cursor, 'self'),
  request: (cursor) => takeMessage(cursor, 'request'),
  response: (cursor) => takeMessage(cursor, 'response'),
  message: (cursor) => takeMessage(cursor, 'message'),
  inputs: (cursor) => ({ source: 'inputs', ...takeMember(cursor, '$inputs') }),
  outputs: (cursor) => ({ source: 'outputs', ...takeMember(cursor, '$outputs') }),
  steps: takeStep,
  item: (cursor) => ({ source: 'item', ...takeInsideFreely(cursor) }),
  interaction: takeInteraction,
  workflows: takeWorkflow,
  sourceDescriptions: takeSourceDescription,
  components: takeComponent,
};

function isSource(word: string): word is ExpressionSource {
  return Object.hasOwn(sources, word);
}

function takeScalar(cursor: Cursor, source: 'url' | 'method' | 'statusCode' | 'self'): Expression {
  expectEnd(cursor);
  return { source };
}

function takeMessage(cursor: Cursor, source: MessageSource): Expression {
  if (!cursor.accept('.')) cursor.fail('incomplete', `$${source} needs a part: header, query, path, body or payload`);
  const start = cursor.at;
  const part = cursor.takeWhile((character) => /[A-Za-z]/.test(character));
  if (part === 'body' || part === 'payload') return { source, part, ...takeInside(cursor) };
  if (part === 'header' || part === 'headers') {
    if (part === 'headers')
      cursor.tolerate('plural-header', 'the part of a message is called `header`', cursor.spanFrom(start), 'header');
    return { source, part: 'header', name: takeNamed(cursor, part, takeToken) };
  }
  if (part === 'query' || part === 'path') return { source, part, name: takeNamed(cursor, part, takeName) };
  const message = `$${source} has no part \`${part}\`, only header, query, path, body and payload`;
  cursor.fail('unexpected-text', message, cursor.spanFrom(start), part.startsWith('header') ? 'header' : undefined);
  return { source: 'url' };
}

function takeInteraction(cursor: Cursor): Expression {
  const start = cursor.at;
  const part = cursor.accept('.') ? cursor.takeWhile((character) => /[A-Za-z]/.test(character)) : '';
  if (part === 'payload') return { source: 'interaction', part, ...takeInsideFreely(cursor) };
  if (part === 'decision' || part === 'actor' || part === 'note') {
    expectEnd(cursor);
    return { source: 'interaction', part, trail: [], pointer: [] };
  }
  cursor.fail('incomplete', '$interaction needs a part: payload, decision, actor or note', cursor.spanFrom(start));
  return { source: 'url' };
}

function takeNamed(cursor: Cursor, part: string, take: (cursor: Cursor) => string): string {
  if (!cursor.accept('.') || cursor.done) cursor.fail('incomplete', `the name of the ${part} is missing`);
  const name = take(cursor);
  expectEnd(cursor);
  return name;
}

/** A field name of RFC 9110. */
function takeToken(cursor: Cursor): string {
  return cursor.takeWhile((character) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character));
}

/** A name in the sense of JSON strings: free, but for braces, quotes and controls, with JSON's escapes. */
function takeName(cursor: Cursor): string {
  const start = cursor.at;
  const raw = cursor.takeWhile((character) => character !== '{' && character !== '}' && character !== '"');
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    cursor.fail('unexpected-text', 'a backslash in a name begins an escape as in JSON', cursor.spanFrom(start));
    return '';
  }
}

function takeSourceDescription(cursor: Cursor): Expression {
  if (!cursor.accept('.')) cursor.fail('incomplete', '$sourceDescriptions needs the name of a source description');
  const start = cursor.at;
  const name = cursor.takeWhile(isStrict);
  if (name === '') cursor.fail('incomplete', 'the name of the source description is missing');
  const missing = `\`${name}\` needs a dot and an operationId, a workflowId or a field such as \`url\` after it`;
  if (!cursor.accept('.')) cursor.fail('incomplete', missing, cursor.spanFrom(start), `${name}.url`);
  const reference = cursor.takeWhile((character) => character !== '{' && character !== '}');
  if (reference === '') cursor.fail('incomplete', missing);
  expectEnd(cursor);
  return { source: 'sourceDescriptions', name, reference };
}

const components: readonly string[] = ['parameters', 'successActions', 'failureActions'] satisfies ComponentKind[];

function takeComponent(cursor: Cursor): Expression {
  if (!cursor.accept('.')) cursor.fail('incomplete', `$components needs one of ${components.join(', ')}`);
  const start = cursor.at;
  const component = cursor.takeWhile(isStrict);
  const unknown = `\`${component}\` cannot be referred to, only ${components.join(', ')}`;
  if (!components.includes(component)) cursor.fail('unexpected-text', unknown, cursor.spanFrom(start));
  if (!cursor.accept('.')) cursor.fail('incomplete', `the name of the component is missing after \`${component}\``);
  const name = cursor.takeWhile(isIdentifier);
  if (name === '') cursor.fail('incomplete', 'the name of the component is missing');
  expectEnd(cursor);
  return { source: 'components', component: component as ComponentKind, name };
}

function unknownSource(text: string): string {
  if (!text.startsWith('$')) return 'an expression begins with `$`';
  const known = Object.keys(sources).map((source) => `$${source}`);
  return `\`${/^\$[A-Za-z]*/.exec(text)?.[0] ?? '$'}\` is no source of values; there are ${known.join(', ')}`;
}

/** The source that was probably meant: same letters but for case and a plural, or a part without its message. */
function nearestSource(word: string): string | undefined {
  const plain = word.toLowerCase().replace(/s$/, '');
  const near = Object.keys(sources).find((source) => source.toLowerCase().replace(/s$/, '') === plain);
  if (near !== undefined) return `$${near}`;
  return ['body', 'header', 'payload'].includes(plain) ? `$response.${plain}` : undefined;
}

function tooLong(text: string): Problem {
  const message = `an expression has at most ${MAX_EXPRESSION_LENGTH} characters, not ${text.length}`;
  return problem('too-long', message, { at: 0, length: text.length });
}
