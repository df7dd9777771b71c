/** Where things stand: the text behind every pointer, in YAML and JSON, whatever the notation. */
import { describe, expect, it } from 'vitest';
import { documentOf, shownAt } from '../../support/reading.ts';

describe('the place of a value', () => {
  const notations: readonly (readonly [string, string, string])[] = [
    ['YAML in blocks', 'a.yaml', 'info:\n  title: Shop\n  tags:\n    - one\n    - two\n'],
    ['YAML in flow', 'a.yaml', 'info: { title: Shop, tags: [one, two] }\n'],
    ['JSON', 'a.json', '{\n  "info": { "title": "Shop", "tags": ["one", "two"] }\n}'],
    ['JSON that is named YAML', 'a.yaml', '{ "info": { "title": "Shop", "tags": ["one", "two"] } }'],
    ['YAML that needs the whole parser', 'a.yaml', 'info: &i\n  title: Shop\n  tags:\n    - one\n    - two\n'],
  ];

  it.each(notations)('is found by its pointer in %s', (_, uri, text) => {
    const document = documentOf(text, uri);
    const quote = text.includes('"Shop"') ? '"' : '';
    const words = ['/info/title', '/info/tags/0', '/info/tags/1'].map((pointer) => textAt(document, pointer));
    expect(words).toEqual(['Shop', 'one', 'two'].map((word) => `${quote}${word}${quote}`));
    expect(textAt(document, '/info/title', 'key')).toBe(`${quote}title${quote}`);
  });

  it('has line and column from 1', () => {
    const document = documentOf('a:\n  - b\n  - c: d\n');
    expect(shownAt(document, '')).toBe('1:1 "a:\\n  - b\\n  - c: d"');
    expect(shownAt(document, '/a/1/c')).toBe('3:8 "d"');
    expect(shownAt(document, '/a/1/c', { on: 'key' })).toBe('3:5 "c"');
  });

  it('counts an emoji and a letter with an accent as one column each', () => {
    expect(shownAt(documentOf('{ é😀: ü, b: x }\n'), '/b')).toBe('1:13 "x"');
    expect(shownAt(documentOf('{"é😀": "ü", "b": 1}', 'a.json'), '/b')).toBe('1:18 "1"');
  });

  it.each([
    ['YAML', 'a: 1\r\nb:\r\n  - x\r\n  - y\r\n', '4:5 "y"'],
    ['YAML with an anchor', 'a: &a 1\r\nb:\r\n  - x\r\n  - y\r\n', '4:5 "y"'],
    ['JSON', '{"a": 1,\r\n"b": ["x",\r\n"y"]}', '3:1 "\\"y\\""'],
  ])('is the same with line ends of Windows, in %s', (_, text, shown) => {
    expect(shownAt(documentOf(text), '/b/1')).toBe(shown);
  });

  it('does not count a byte order mark', () => {
    expect(shownAt(documentOf('\uFEFFa: x\n'), '/a')).toBe('1:4 "x"');
    expect(shownAt(documentOf('\uFEFF{"a": "x"}', 'a.json'), '/a')).toBe('1:7 "\\"x\\""');
  });

  it('takes a tab for one column', () => {
    expect(shownAt(documentOf('{\t"a":\t"x"}', 'a.json'), '/a')).toBe('1:8 "\\"x\\""');
    expect(shownAt(documentOf('a:\tx\n'), '/a')).toBe('1:4 "x"');
  });

  it('is the whole of a text over several lines', () => {
    const document = documentOf('a: |\n  one\n  two\nb: >-\n  three\n\n  four\nc: five\n  six\nd: "seven\n  eight"\n');
    expect(document.root).toEqual({ a: 'one\ntwo\n', b: 'three\nfour', c: 'five six', d: 'seven eight' });
    expect(['/a', '/b', '/c', '/d'].map((pointer) => shownAt(document, pointer))).toEqual([
      '1:4 "|\\n  one\\n  two"',
      '4:4 ">-\\n  three\\n\\n  four"',
      '8:4 "five\\n  six"',
      '10:4 "\\"seven\\n  eight\\""',
    ]);
  });

  it('is where an alias stands, not where its anchor is', () => {
    const document = documentOf('a: &x { b: 1 }\nc: *x\nd: [*x]\n');
    expect(document.root).toEqual({ a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }] });
    expect(shownAt(document, '/c')).toBe('2:4 "*x"');
    expect(shownAt(document, '/d/0')).toBe('3:5 "*x"');
    // Inside, there is only one place.
    expect(shownAt(document, '/c/b')).toBe('1:12 "1"');
  });

  it('of an empty value is behind its key', () => {
    const document = documentOf('a:\nb: x\n');
    expect(shownAt(document, '/a')).toBe('1:3 ""');
    expect(shownAt(document, '/a', { on: 'key' })).toBe('1:1 "a"');
  });

  it('unescapes the names in a pointer', () => {
    const document = documentOf('paths:\n  /orders/{id}: x\n  a~b: y\n  "": z\n');
    expect(shownAt(document, '/paths/~1orders~1{id}')).toBe('2:17 "x"');
    expect(shownAt(document, '/paths/a~0b')).toBe('3:8 "y"');
    expect(shownAt(document, '/paths/')).toBe('4:7 "z"');
  });

  it('is the key of what lacks it, where it is not there', () => {
    const document = documentOf('info:\n  title: Shop\nlist:\n  - a\n');
    expect(shownAt(document, '/info/version')).toBe('1:1 "info"');
    expect(shownAt(document, '/info/version/deeper', { on: 'key' })).toBe('1:1 "info"');
    expect(shownAt(document, '/list/7')).toBe('3:1 "list"');
    expect(shownAt(document, '/list/length')).toBe('3:1 "list"');
    expect(shownAt(document, '/toString')).toBe(shownAt(document, ''));
  });
});

describe('the place of a part of a text', () => {
  const parts: readonly (readonly [string, string])[] = [
    ['plain', 'a: $inputs.id and more\n'],
    ['in double quotes', 'a: "$inputs.id and more"\n'],
    ['in double quotes with escapes', 'a: "\\u0024inputs\\u002eid and more"\n'],
    ['in single quotes', "a: '$inputs.id and more'\n"],
    ['behind a doubled quote', "a: '''$inputs.id'''\n"],
    ['in a block', 'a: |\n  one\n  $inputs.id\n'],
    ['in a folded block', 'a: >\n  one\n  two $inputs.id\n'],
    ['over two lines', 'a: one\n  two $inputs.id\n'],
    ['in JSON', '{"a": "\\"x\\"\\n$inputs.id"}'],
    ['behind an emoji', 'a: "😀\\ud83d\\ude00 $inputs.id"\n'],
  ];

  it.each(parts)('is found %s', (_, text) => {
    const document = documentOf(text);
    const value = (document.root as { readonly a: string }).a;
    const start = value.indexOf('$inputs.id');
    const [from, to] = document.locate({ document: 'a.yaml', pointer: '/a', span: [start, start + 10] });
    expect(
      text.slice(from, to).replaceAll(/\\u00(..)/g, (_match, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    ).toBe('$inputs.id');
  });

  it('is the whole text where the escape is one that only YAML has', () => {
    const document = documentOf('a: "\\x24inputs.id"\n');
    expect(shownAt(document, '/a', { span: [1, 7] })).toBe('1:4 "\\"\\\\x24inputs.id\\""');
  });
});

function textAt(document: ReturnType<typeof documentOf>, pointer: string, on: 'key' | 'value' = 'value'): string {
  const [start, end] = document.locate({ document: document.uri, pointer, on });
  return document.text.slice(start, end);
}
