/** YAML 1.2 with the core schema, and all the ways in which it is broken: always diagnostics, never an exception. */
import { describe, expect, it } from 'vitest';
import { documentOf, saidOf } from '../../support/reading.ts';

describe('a value in YAML', () => {
  it.each([
    ['yes', 'yes'],
    ['no', 'no'],
    ['on', 'on'],
    ['True', true],
    ['FALSE', false],
    ['~', null],
    ['Null', null],
    ['', null],
    ['1', 1],
    ['-0.5e3', -500],
    ['+1', 1],
    ['.5', 0.5],
    ['1_000', '1_000'],
    ['0o17', 15],
    ['0x1F', 31],
    ['017', 17],
    ['1.1.0', '1.1.0'],
    ['2026-11-27', '2026-11-27'],
    ['12:30', '12:30'],
    ['"1"', '1'],
    ["'true'", 'true'],
    ['a # b', 'a'],
    ['a#b', 'a#b'],
    ['http://x.y/z', 'http://x.y/z'],
    ['"\\x41\\u00e9\\U0001F600\\t"', 'A\u00e9😀\t'],
    ['[a, [b, {c: d}], ]', ['a', ['b', { c: 'd' }]]],
    ['{a, b: , "c":1}', { a: null, b: null, c: 1 }],
    ['[a: b]', [{ a: 'b' }]],
    ['!!str 1', '1'],
    ['!!int "1"', 1],
    ['!!null ""', null],
  ])('written %s is what the core schema says', (written, value) => {
    const { root } = saidOf(`a: ${written}\n`);
    expect(root).toEqual({ a: value });
  });

  it('keeps the line ends that a block asks for', () => {
    const text = 'clip: |\n  a\n\nstrip: |-\n  a\n\nkeep: |+\n  a\n\nindent: |2\n   a\nfold: >\n  a\n  b\n   c\n  d\n';
    expect(documentOf(text).root).toEqual({
      clip: 'a\n',
      strip: 'a',
      keep: 'a\n\n',
      indent: ' a\n',
      fold: 'a b\n c\nd\n',
    });
  });

  it('may begin with a mark and end with another', () => {
    expect(documentOf('%YAML 1.2\n# c\n---\na: 1\n...\n').root).toEqual({ a: 1 });
    expect(documentOf('--- a\n').root).toBe('a');
    expect(documentOf('---\na: 1\n---\n').root).toEqual({ a: 1 });
  });

  it('may stand for one before it', () => {
    expect(documentOf('a: &x [1]\nb: *x\n').root).toEqual({ a: [1], b: [1] });
    expect(documentOf('&k key: 1\nb: *k\n').root).toEqual({ key: 1, b: 'key' });
    expect(documentOf('a: &x 1\nb: &x 2\nc: *x\n').root).toEqual({ a: 1, b: 2, c: 2 });
  });

  it('keeps names that mean something in JavaScript as names', () => {
    const { root } = documentOf('__proto__: { x: 1 }\nconstructor: 2\nhasOwnProperty: 3\n');
    expect(Object.keys(root as object)).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(Object.getPrototypeOf(root)).toBeNull();
  });

  it('has keys that are texts, whatever they look like', () => {
    expect(documentOf('200: a\n1.0: b\ntrue: c\nnull: d\n? e\n: f\n"": g\n').root).toEqual({
      '200': 'a',
      '1.0': 'b',
      true: 'c',
      null: 'd',
      e: 'f',
      '': 'g',
    });
  });
});

describe('YAML', () => {
  const broken: readonly (readonly [string, string, string])[] = [
    ['a colon in a text', 'a: b: c\n', 'DOC010 1:4'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'DOC010 2:1'],
    ['a line that is indented too little', 'a:\n    b: 1\n  c: 2\n', 'DOC010 3:1'],
    ['a list below its key’s column', 'a:\n  b:\n - c\n', 'DOC010 3:2'],
    ['a line without a colon', 'a: 1\nb\n', 'DOC010 2:1'],
    ['a quote that is not closed', 'a: "x\nb: 1\n', 'DOC010 3:1'],
    ['a single quote that is not closed', "a: 'x\n", 'DOC010 2:1'],
    ['a bracket that is not closed', 'a: [1, 2\nb: 3\n', 'DOC010 2:1'],
    ['a brace that is not closed', 'a: {b: 1\n', 'DOC010 2:1'],
    ['the wrong bracket', 'a: [1, 2}\n', 'DOC010 1:9'],
    ['a text behind a quote', 'a: "x" y\n', 'DOC010 1:8'],
    ['an escape that there is not', 'a: "\\q"\n', 'DOC010 1:5'],
    ['a mark that begins nothing', 'a: @x\n', 'DOC010 1:4'],
    ['a backtick', 'a: `x`\n', 'DOC010 1:4'],
    ['a percent sign at the start of a value', 'a: %x\n', 'DOC010 1:4'],
    ['a block with a wrong header', 'a: |x\n  b\n', 'DOC010 1:5'],
    ['a list in a flow', 'a: [\n- b\n]\n', 'DOC010 2:1'],
    ['two anchors on one value', 'a: &x &y 1\n', 'DOC010 1:7'],
    ['an anchor on an alias', 'a: &x 1\nb: &y *x\n', 'DOC010 2:7'],
    ['a key that is a list', '? [a]\n: b\n', 'DOC015 1:3'],
    ['a key that is an object', '{{a: 1}: b}\n', 'DOC015 1:2'],
    ['an alias of nothing', 'a: *x\n', 'DOC018 1:4'],
    ['an alias of what comes later', 'a: *x\nb: &x 1\n', 'DOC018 1:4'],
    ['an alias of what it stands in', 'a: &x [1, *x]\n', 'DOC018 1:11'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'DOC012 2:1'],
    ['two documents, the second broken', 'a: 1\n---\nb: [\n', 'DOC012 2:1'],
  ];

  it.each(broken)('fails with %s', (_, text, place) => {
    const { places, broken: isBroken, root } = saidOf(text);
    expect(places).toContain(place);
    expect({ isBroken, root }).toEqual({ isBroken: true, root: null });
  });

  it('tells at most three errors of syntax', () => {
    expect(saidOf('a: @x\nb: @y\nc: @z\nd: @w\n').codes).toEqual(['DOC010', 'DOC010', 'DOC010']);
  });

  it('shows where the quote or bracket opens that is never closed', () => {
    expect(saidOf('a: 1\nb: {c: "x\nd: 1\n').notePlaces).toContain('2:8');
    expect(saidOf('a: 1\nb: {c: [1\nd: 1\n').notePlaces).toContain('2:8');
  });

  const tolerated: readonly (readonly [string, string, readonly string[], unknown])[] = [
    ['a key twice', 'a: 1\nb: 2\na: 3\n', ['DOC014 3:1'], { a: 1, b: 2 }],
    ['a key twice in a flow', 'x: {a: 1, "a": 2}\n', ['DOC014 1:11'], { x: { a: 1 } }],
    ['a key twice that look different', '1: a\n"1": b\n', ['DOC014 2:1'], { '1': 'a' }],
    ['a key thrice', 'a: &x 1\na: 2\na: 3\n', ['DOC014 2:1', 'DOC014 3:1'], { a: 1 }],
    ['a merge key', 'a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n', ['DOC025 3:3'], { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['a merge key of no mapping', 'a: &x 1\nc:\n  <<: *x\n  d: 2\n', ['DOC019 3:3'], { a: 1, c: { d: 2 } }],
    [
      'a merge of several, of which the first counts, and before it what stands there',
      'a: &x {b: 1, c: 1}\ne: &y {b: 2, c: 2, d: 2}\nf:\n  <<: [*x, *y]\n  c: 3\n',
      ['DOC025 4:3'],
      { a: { b: 1, c: 1 }, e: { b: 2, c: 2, d: 2 }, f: { b: 1, d: 2, c: 3 } },
    ],
    ['an unknown tag', 'a: !money 5\n', ['DOC020 1:4'], { a: '5' }],
    ['an infinite number', 'a: .inf\nb: -.INF\nc: .nan\n', ['DOC021 1:4', 'DOC021 2:4', 'DOC021 3:4'], undefined],
    ['a number that is rounded', 'a: 12345678901234567890\n', ['DOC022 1:4'], { a: 12345678901234567000 }],
  ];

  it.each(tolerated)('is read on with %s', (_, text, places, root) => {
    const said = saidOf(text);
    expect(said.places).toEqual(places);
    expect(said.broken).toBe(false);
    if (root !== undefined) expect(said.root).toEqual(root);
  });

  it('does not take a quoted "<<" for a merge key', () => {
    expect(documentOf('a: &x 1\n"<<": b\n').root).toEqual({ a: 1, '<<': 'b' });
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n\t\r\n '],
    ['a byte order mark', '\uFEFF'],
  ])('of %s is empty', (_, text) => {
    expect(saidOf(text)).toMatchObject({ places: ['DOC013 1:1'], broken: true });
  });

  it.each([
    ['comments', '# a\n# b\n'],
    ['a mark', '---\n'],
    ['marks and comments', '---\n# a\n...\n'],
  ])('of nothing but %s is null', (_, text) => {
    expect(saidOf(text)).toMatchObject({ codes: [], root: null, broken: false });
  });

  it('fails with a control character, before anything else is looked at', () => {
    expect(saidOf('a: "\u0007"\nb: [\n').places).toEqual(['DOC009 1:5']);
    expect(saidOf('{"a": "\u0000"}', 'a.json').places).toEqual(['DOC009 1:8']);
    expect(saidOf('a: b\u000bc\n').places).toEqual(['DOC009 1:5']);
  });

  it('may hold any other character', () => {
    const text = 'a: "\u00a0\u0085\u2028\u200b\uFEFF\uFFFD\u{10FFFF}"\nb: ключ\n日本: 語\n';
    expect(documentOf(text).root).toEqual({
      a: '\u00a0\u0085\u2028\u200b\uFEFF\uFFFD\u{10FFFF}',
      b: 'ключ',
      日本: '語',
    });
  });
});
