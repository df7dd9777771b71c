/**
 * The fast reader of plain YAML is sure or silent: what it reads is what the library reads, value by value, place by
 * place and fault by fault. Places of empty values may differ by blanks, ends of collections by what trails them.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import { defaultLimits } from '../../../lib/read/limits.ts';
import { locateIn } from '../../../lib/read/locate.ts';
import { treeFromPlainYaml } from '../../../lib/read/plain-yaml.ts';
import type { Span, Tree } from '../../../lib/read/tree.ts';
import { treeFromYaml } from '../../../lib/read/yaml-text.ts';
import { editedText, edits } from '../../support/edited-texts.ts';

const KINDS = `# All that plain YAML has.
a: 1
b:
  - x: y
    z: "q\\n\\u00e9 \\"in\\""
  - 'it''s'
  - |
    block
      more

    end
  - >-
    fold
    ed

    par
      more
    x
c: {a: 1, "b": [1, two, null, ~], c: 'x'} # A remark.
d: text over
  lines

  and paragraphs
e:
- 1
- -2.5e3
- .5
- true
- Null
"k y": v
'k': w
url: http://x.y/z#f
t: a #b
u: a#b
empty:
l: []
m: {}
a b/c.d(e): f
`;

const sound: readonly (readonly [string, string])[] = [
  ['every kind of value', KINDS],
  [
    'a description',
    '---\narazzo: 1.0.1\ninfo:\n  title: Über 😀\n  version: 1.0.0\nworkflows:\n  - workflowId: a\n    steps:\n      - stepId: s\n        successCriteria:\n          - condition: $statusCode == 200\n',
  ],
  ['line ends of Windows', 'a: b\r\nc:\r\n  - d\r\n  - e: |\r\n      x\r\n      y\r\nf: g h\r\n  i\r\n'],
  ['lists in lists', '- a\n-\n  b: c\n-  - d\n   - e\n- - f\n  - g\n-   k: v\n    l: w\n'],
  ['a document mark behind comments', '# a\n\n  # b\n--- \na: 1\n'],
  ['no line end at the end', 'a:\n  - b: |-\n      c'],
  ['keys twice and rounded numbers', 'a: 1\na: 2\nb: [12345678901234567890, {c: 1, c: 2}]\n'],
];

const beyond: readonly (readonly [string, string])[] = [
  ['an anchor', 'a: &x 1\n'],
  ['an alias', 'a: *x\n'],
  ['a tag', 'a: !!str 1\n'],
  ['a merge key', '<<: {}\n'],
  ['a tab', 'a:\tb\n'],
  ['a lone carriage return', 'a: b\rc: d\n'],
  ['an explicit key', '? a\n: b\n'],
  ['a flow over lines', 'a: [1,\n  2]\n'],
  ['a quoted text over lines', 'a: "b\n  c"\n'],
  ['an escape of YAML alone', 'a: "\\x41"\n'],
  ['a block with a header', 'a: |2\n   b\n'],
  ['two documents', 'a: 1\n---\nb: 2\n'],
  ['an end mark', 'a: 1\n...\n'],
  ['a number that is not decimal', 'a: 0x10\n'],
  ['an error', 'a: b: c\n'],
  ['a text alone', 'a\n'],
  ['a directive', '%YAML 1.2\n---\na: 1\n'],
];

describe('plain YAML', () => {
  it.each(sound)('with %s is read like the library reads it', (_, text) => {
    expect(treeFromPlainYaml('a.yaml', text, defaultLimits)).toBeDefined();
    expect(differences(text)).toEqual([]);
  });

  it.each(beyond)('does not have %s: that is left to the library', (_, text) => {
    expect(treeFromPlainYaml('a.yaml', text, defaultLimits)).toBeUndefined();
  });

  it('with a few edits is read like the library reads it, or not at all', () => {
    let read = 0;
    const texts = fc.record({ text: fc.constantFrom(...sound.map(([, text]) => text)), list: edits });
    fc.assert(
      fc.property(texts, ({ text, list }) => {
        const edited = editedText(text, list);
        // Neither reader is ever given these: lib/read/positioned.ts has refused them.
        fc.pre(/\S/.test(edited) && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(edited));
        if (treeFromPlainYaml('a.yaml', edited, defaultLimits)) read += 1;
        expect(differences(edited)).toEqual([]);
      }),
      { seed: 20261127, numRuns: 1500 },
    );
    // Of nothing but refusals there would be nothing to compare.
    expect(read).toBeGreaterThan(150);
  });
});

/** Where the two readers do not agree; nothing where the fast one gives up. */
function differences(text: string): readonly string[] {
  const plain = treeFromPlainYaml('a.yaml', text, defaultLimits);
  if (!plain) return [];
  const full = treeFromYaml('a.yaml', text, defaultLimits);
  if (!plain.tree || !full.tree) return [`only one of two: ${full.faults.map(({ headline }) => headline).join('; ')}`];
  expect(plain.faults).toEqual(full.faults);
  expect(plain.tree.root).toEqual(full.tree.root);
  const [one, other] = [plain.tree, full.tree];
  return pointersOf(one.root).flatMap((pointer) =>
    (['key', 'value'] as const).flatMap((on) => {
      const [a, b] = [spanOf(one, text, pointer, on), spanOf(other, text, pointer, on)];
      return isSame(a, b, text) ? [] : [`${on} of ${pointer}: ${a.join('-')} and ${b.join('-')}`];
    }),
  );
}

function spanOf(tree: Tree, text: string, pointer: string, on: 'key' | 'value'): Span {
  const [start, end] = locateIn(tree, text, { document: 'a.yaml', pointer, on });
  return [start, start + text.slice(start, end).trimEnd().length];
}

function isSame(a: Span, b: Span, text: string): boolean {
  if (a[0] === a[1] && b[0] === b[1]) return text.slice(Math.min(a[0], b[0]), Math.max(a[0], b[0])).trim() === '';
  return a[0] === b[0] && a[1] <= b[1] && /^(?:\s|#.*)*$/.test(text.slice(a[1], b[1]));
}

function pointersOf(value: Json, pointer: string = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [pointer];
  const parts = Object.entries(value as { readonly [key: string]: Json });
  return [
    pointer,
    ...parts.flatMap(([key, part]) =>
      pointersOf(part, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    ),
  ];
}
