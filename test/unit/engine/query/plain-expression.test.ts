/** What the small parser reads, it reads as JSONata's own; everything else it leaves alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { compileExpression } from '../../../../lib/engine/query/expression.ts';
import { plainExpression } from '../../../../lib/engine/query/plain-expression.ts';
import { ROOT } from '../../../support/source-tree.ts';

describe('the small parser of expressions', () => {
  it('reads most expressions of our golden machines, each as the library does', () => {
    const texts = [...new Set(machines().flatMap((text) => expressionsIn(JSON.parse(text))))];
    const read = texts.filter((text) => plainExpression(text) !== null);
    expect(read.length).toBeGreaterThan(texts.length * 0.9);
    for (const text of read) expect({ text, tree: plainExpression(text) }).toEqual({ text, tree: libraryTree(text) });
  });

  it('agrees with the library on every short row of words, right or wrong', () => {
    let read = 0;
    for (const text of rowsOf(WORDS, 4)) {
      const tree = plainExpression(text);
      if (tree === null) continue;
      read += 1;
      expect({ text, tree }).toEqual({ text, tree: libraryTree(text) });
    }
    expect(read).toBeGreaterThan(100);
  });

  it('reads conditions, calls, comparisons and objects inside one another', () => {
    const nested = [
      "$lookup({'shop': '${Call}', \"b\": $x.a & 'c'}, $states.input.system)",
      "$exists($why) ? $why : $x = 'a' ? null : {'k': true}",
      "$f($g($x), {'a': {'b': false}}) & 'z' = $x.y.z",
      "\n\t$x . a\r & 'b' ",
      '$exists($states.result[1].`a/b c`[0]) ? $states.result[1].`a/b c` : 0',
      '$x.a[0].b[12].c = 1234567890',
    ];
    for (const text of nested) expect({ text, tree: plainExpression(text) }).toEqual({ text, tree: libraryTree(text) });
  });

  it.each([
    '',
    '$',
    '$$',
    '$x[0]',
    '$x.*',
    '$x.and',
    '$x.a{$y: 1}',
    '$x ?: 1',
    '$x ?? $y',
    '$f()',
    '$f(?, $x)',
    '$f($x).a',
    "{'a': $x}.a",
    "'it\\'s'",
    '$x := 1',
    '$x != $y',
    '$x = $y = $z',
    '($x)',
    '1.5',
    '1e3',
    '01',
    '12345678901',
    '-1',
    '$x.a[0][1]',
    '$x.a[-1]',
    '$x.a[$y]',
    '$f($x)[0]',
    '`a`',
    '[$x]',
    '$x /* a */',
    '$x\u00a0',
    'a.b',
    "'open",
    '$é',
  ])('leaves %j to the library', (text) => {
    expect(plainExpression(text)).toBe(null);
  });

  it('leaves what is nested deeply to the library, which bounds it', () => {
    expect(plainExpression(`${'$not('.repeat(5)}$x${')'.repeat(5)}`)).not.toBe(null);
    expect(plainExpression(`${'$not('.repeat(20_000)}$x${')'.repeat(20_000)}`)).toBe(null);
  });

  it("throws the library's error for what is wrong, when an expression is compiled", () => {
    for (const text of ['$x.', '$x & ', "{'a' $x}", '$f($x', '$x ? $y :']) {
      expect(() => compileExpression(text, 'Output')).toThrow();
    }
  });
});

const WORDS = '$x $s . a in `b-c` \'t\' "u" 7 null & = ? : ( ) { } [ ] ,'.split(' ');

/** All rows of up to so many words that begin with what may begin an expression. */
function* rowsOf(words: readonly string[], longest: number, row: readonly string[] = []): Generator<string> {
  if (row.length > 0) yield row.join(' ');
  if (row.length === longest) return;
  const next = row.length === 0 ? ['$x', "'t'", '7', 'null', '{', '$x . a', '$f ( $x', "{ 'k' :"] : words;
  for (const word of next) yield* rowsOf(words, longest, [...row, word]);
}

function libraryTree(text: string): unknown {
  return bare(jsonata(text).ast());
}

/** Without places and with what both say nothing of left out. */
function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.entries(node).filter(([name, value]) => name !== 'position' && value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, bare(value)]));
}

function machines(): readonly string[] {
  return ['test/golden', 'state-machines'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.asl.json'))
      .map((path) => readFileSync(join(ROOT, folder, path), 'utf8')),
  );
}

function expressionsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^\{%.*%\}$/s.test(value) ? [value.slice(2, -2).trim()] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
}
