/**
 * Reads YAML 1.2 (core schema, as OpenAPI and Arazzo ask for) with positions. The one file that knows the YAML
 * library. Bounded before anything is built: tokens and nesting while parsing, values and what aliases stand for while the
 * tree grows, so that no document of a few kilobytes becomes gigabytes. Merge keys are no part of YAML 1.2; they are
 * followed with a note, and what they bring is counted like an alias.
 */
import type { Document, Node, ParsedNode, Parser } from 'yaml';
import { report } from '../diagnostics/report.ts';
import { assert } from '../model/assert.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { isObject, type Json } from '../model/json.ts';
import type { TextResult } from './json-text.ts';
import type { Limits } from './limits.ts';
import type { Span, Tree } from './tree.ts';
import { withoutBlanks } from './plain-yaml-scalars.ts';
import { Stopped, TreeBuilder } from './tree-builder.ts';
import { isAlias, isMap, isNode, isScalar, isSeq, yaml } from './yaml-library.ts';

const options = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  stringKeys: true,
  // Found by TreeBuilder, in linear time and with both places.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Errors of syntax shown of one document: what follows the first ones is mostly their echo. */
const shownErrors = 3;

export function treeFromYaml(uri: string, text: string, limits: Limits): TextResult {
  const builder = new TreeBuilder(uri, limits);
  try {
    const document = composed(text, builder);
    const errors = syntaxFaults(document, text, builder);
    if (errors.length > 0) return { faults: [...errors, ...builder.faults] };
    const tree = new YamlReader(builder).tree(document, text);
    // An alias that names nothing is an error of syntax too: what its place should hold is not known.
    return builder.faults.some(({ code }) => code === 'DOC018')
      ? { faults: builder.faults }
      : { tree, faults: builder.faults };
  } catch (error) {
    if (error instanceof Stopped) return { faults: [...builder.faults, error.fault] };
    throw error;
  }
}

/** The one document of the text; its contents may be empty. */
function composed(text: string, builder: TreeBuilder): Document.Parsed | undefined {
  const [first, ...others] = new (yaml().Composer)(options).compose(tokens(text, builder), false);
  const second = others.find(({ contents }) => contents !== null && !(isScalar(contents) && contents.source === ''));
  if (second) throw new Stopped(report('DOC012', builder.place(second.range[0])));
  return first;
}

/** The parser's tokens, given up as soon as there are too many or nested too deeply: the composer after it is recursive. */
function* tokens(text: string, builder: TreeBuilder): ReturnType<Parser['parse']> {
  const parser = new (yaml().Parser)();
  let offset = 0;
  let count = 0;
  for (const lexeme of new (yaml().Lexer)().lex(text)) {
    yield* parser.next(lexeme);
    offset += lexeme.length;
    builder.spend(lexeme.length);
    builder.countTokens(++count, Math.min(offset, text.length));
    // On its stack stand the document, a container per level, and a scalar.
    builder.enter(parser.stack.length - 3, Math.min(offset, text.length));
  }
  yield* parser.end();
}

function syntaxFaults(document: Document.Parsed | undefined, text: string, builder: TreeBuilder): Diagnostic[] {
  for (const { code, pos } of document?.warnings ?? []) {
    if (code === 'TAG_RESOLVE_FAILED') builder.note('DOC020', pos[0], () => [{ tag: text.slice(...pos) }]);
  }
  return (document?.errors ?? []).slice(0, shownErrors).map(({ code, pos, message }) => {
    const place = builder.place(pos[0]);
    if (code === 'NON_STRING_KEY') return report('DOC015', place, { source: keySource(text, pos[0]) });
    const opening = /closing|end with/.test(message) ? openingBefore(document?.contents, pos[0]) : undefined;
    return report('DOC010', place, {
      code,
      message,
      ...(opening !== undefined && { opening: builder.place(opening) }),
    });
  });
}

/** A key that is no text, as far as it stands on one line. */
function keySource(text: string, offset: number): string {
  const key = /\[[^\]\n]*\]?|\{[^}\n]*\}?|\S*/y;
  key.lastIndex = offset;
  return key.exec(text)?.[0] ?? '';
}

/** Where the quote or bracket opens that is never closed: the error itself stands where the text ends. */
function openingBefore(contents: ParsedNode | null | undefined, end: number): number | undefined {
  let opening: number | undefined;
  for (let node: unknown = contents; isNode(node); node = lastChild(node, end)) {
    const isOpen = isScalar(node)
      ? node.type?.startsWith('QUOTE') === true
      : (isMap(node) || isSeq(node)) && node.flow === true;
    if (isOpen) opening = node.range?.[0];
  }
  return opening;
}

function lastChild(node: Node, end: number): unknown {
  const isBefore = (child: unknown): boolean => isNode(child) && (child.range?.[0] ?? end) < end;
  if (isSeq(node)) return node.items.findLast(isBefore);
  return isMap(node) ? node.items.findLast(({ value }) => isBefore(value))?.value : undefined;
}

/** What an anchor names: nothing yet while its own value is being read. */
type Anchored = { readonly value: Json; readonly values: number; readonly height: number } | undefined;

class YamlReader {
  readonly #builder: TreeBuilder;
  readonly #anchors = new Map<string, Anchored>();
  /** How many containers were inside one another so far, since the anchor that is being read. */
  #deepest = 0;

  constructor(builder: TreeBuilder) {
    this.#builder = builder;
  }

  tree(document: Document.Parsed | undefined, text: string): Tree {
    const contents = document?.contents;
    const root = contents ? this.#value(contents, 0) : null;
    return { root, span: contents ? spanOf(contents) : [0, text.length], parts: this.#builder.parts };
  }

  #value(node: ParsedNode, depth: number): Json {
    if (isAlias(node)) return this.#alias(node.source, node.range[0], depth);
    const anchor = node.anchor;
    if (anchor === undefined) return this.#plain(node, depth);
    const before = { values: this.#builder.values, deepest: this.#deepest };
    this.#anchors.set(anchor, undefined);
    this.#deepest = depth;
    const value = this.#plain(node, depth);
    this.#anchors.set(anchor, { value, values: this.#builder.values - before.values, height: this.#deepest - depth });
    this.#deepest = Math.max(this.#deepest, before.deepest);
    return value;
  }

  #alias(name: string, offset: number, depth: number): Json {
    const anchored = this.#anchors.get(name);
    if (anchored) {
      this.#builder.count(anchored.values, offset);
      // What it stands for is as deep here as if it were written out.
      if (anchored.height > 0) this.#enter(depth + anchored.height - 1, offset);
      return anchored.value;
    }
    this.#builder.note('DOC018', offset, () => [{ name, inItself: this.#anchors.has(name) }]);
    return null;
  }

  #plain(node: ParsedNode, depth: number): Json {
    const offset = node.range[0];
    this.#builder.count(1, offset);
    if (isScalar(node)) return this.#scalar(node.value, node.source ?? '', offset);
    this.#enter(depth, offset);
    if (isSeq(node)) return this.#list(node.items, depth);
    assert(isMap(node), 'a YAML node that is no alias, scalar or list is a map');
    return this.#record(node.items, depth);
  }

  #enter(depth: number, offset: number): void {
    this.#builder.enter(depth, offset);
    this.#deepest = Math.max(this.#deepest, depth + 1);
  }

  #scalar(value: unknown, source: string, offset: number): Json {
    switch (typeof value) {
      case 'number':
        return this.#builder.number(value, source, offset);
      case 'string':
      case 'boolean':
        return value;
      default:
        return null;
    }
  }

  #list(nodes: readonly ParsedNode[], depth: number): Json {
    const items: Json[] = [];
    const offsets: number[] = [];
    for (const node of nodes) {
      items.push(this.#value(node, depth + 1));
      offsets.push(...spanOf(node));
    }
    return this.#builder.list(items, offsets);
  }

  #record(members: readonly Member[], depth: number): Json {
    const record = this.#builder.record();
    const names = new Set(members.map(({ key }) => keyText(key)));
    for (const { key, value } of members) {
      const keySpan = keySpanOf(key);
      if (isScalar(key) && key.anchor !== undefined)
        this.#anchors.set(key.anchor, { value: keyText(key), values: 1, height: 0 });
      // A single-pair map in a flow list may lack the value altogether.
      const read = value ? this.#value(value, depth + 1) : null;
      if (isMergeKey(key)) {
        const merged = mergedMembers(read);
        this.#builder.note(merged ? 'DOC025' : 'DOC019', keySpan[0], () => []);
        for (const [name, member] of merged ?? []) {
          // "Unless the key already exists": the record's own members count before merged ones, earlier ones before later.
          if (names.has(name)) continue;
          names.add(name);
          record.add(name, keySpan, member, value ? spanOf(value) : keySpan);
        }
      } else record.add(keyText(key), keySpan, read, value ? spanOf(value) : [keySpan[1], keySpan[1]]);
    }
    return record.close();
  }
}

interface Member {
  readonly key: ParsedNode;
  readonly value: ParsedNode | null;
}

function spanOf(node: ParsedNode): Span {
  return [node.range[0], node.range[1]];
}

/** `stringKeys` leaves nothing but text as a key; an empty one has no source. */
function keyText(key: ParsedNode): string {
  if (!isScalar(key)) return '';
  const text = String(key.value ?? '');
  // With `stringKeys` the library leaves the blanks before the colon in.
  return key.type === 'PLAIN' ? withoutBlanks(text) : text;
}

function keySpanOf(key: ParsedNode): Span {
  const [start, end] = spanOf(key);
  return isScalar(key) && key.type === 'PLAIN' ? [start, Math.min(end, start + keyText(key).length)] : [start, end];
}

/** Of the mapping, or the list of mappings, behind a merge key of YAML 1.1; undefined: nothing can be merged from there. */
function mergedMembers(value: Json): readonly (readonly [string, Json])[] | undefined {
  const merged: readonly Json[] = Array.isArray(value) ? value : [value];
  if (!merged.every(isObject)) return undefined;
  return merged.flatMap((one) => Object.entries(one));
}

function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}
