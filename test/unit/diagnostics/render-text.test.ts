import { describe, expect, it } from 'vitest';
import { renderText, summary } from '../../../lib/diagnostics/render-text.ts';
import type { Diagnostic, PositionedDocument } from '../../../lib/model/diagnostic.ts';
import { at, documentOf } from './document.ts';

const workflow = `arazzo: 1.1.0
workflows:
  - workflowId: order
    steps:
      - stepId: reserve
        operationId: reserveStock
      - stepId: reserve
        operationId: authorise
`;

function documents(...all: readonly PositionedDocument[]): ReadonlyMap<string, PositionedDocument> {
  return new Map(all.map((document) => [document.uri, document]));
}

function fault(parts: Partial<Diagnostic> = {}): Diagnostic {
  return { code: 'ARZ004', severity: 'error', headline: 'Something is wrong', notes: [], ...parts };
}

/** The frame alone, of a fault at the first occurrence of `culprit`. */
function frameOf(text: string, culprit: string, width = 60): string {
  const rendered = renderText([fault({ place: at('a.yaml', culprit) })], documents(documentOf('a.yaml', text)), {
    width,
  });
  return rendered.split('\n\n')[1] ?? '';
}

describe('a diagnostic as text', () => {
  it('says what is wrong, where, in which lines, what the rule is, and what to change', () => {
    const document = documentOf('workflow.arazzo.yaml', workflow);
    const second = { document: document.uri, pointer: 'reserve\n        operationId: authorise' };
    const diagnostic = fault({
      headline: 'Step id "reserve" is used twice',
      place: { ...second, pointer: 'reserve\n        operationId: auth' },
      notes: [
        { text: 'A step is referred to by its id, so an id names one step of its workflow.' },
        { text: 'First used here.', place: at(document.uri, 'reserve') },
      ],
      fix: 'Rename one of the two.',
    });
    expect(renderText([diagnostic], documents(document), { width: 80 })).toBe(
      `error ARZ004: Step id "reserve" is used twice
  at workflow.arazzo.yaml:7:17

    5 |       - stepId: reserve
    6 |         operationId: reserveStock
    7 |       - stepId: reserve
      |                 ^^^^^^^ to line 8
    8 |         operationId: authorise

  A step is referred to by its id, so an id names one step of its workflow.
  First used here. (workflow.arazzo.yaml:5:17)
    5 |       - stepId: reserve
      |                 ^^^^^^^
  Fix: Rename one of the two.
  See docs/errors/ARZ004-type-wrong.md

1 error in 1 file
`,
    );
  });

  it('has no frame where there is no place or no text', () => {
    const nowhere = fault({ headline: 'The folder is empty' });
    const unread = fault({ headline: 'It cannot be read', place: at('missing.yaml', 'x') });
    expect(renderText([nowhere, unread], new Map())).toBe(
      `error ARZ004: The folder is empty
  See docs/errors/ARZ004-type-wrong.md

error ARZ004: It cannot be read
  at missing.yaml

2 errors in 1 file
`,
    );
  });

  it('is empty when there is nothing to say', () => {
    expect(renderText([], new Map())).toBe('');
  });

  it('is in order of place, errors of one place once, whatever the order they were found in', () => {
    const document = documentOf('a.yaml', 'one\ntwo\nthree\n');
    const found = ['two', 'three', 'one', 'two'].map((text) =>
      fault({ headline: `At ${text}`, place: at('a.yaml', text) }),
    );
    const forward = renderText(found, documents(document));
    expect(renderText(found.toReversed(), documents(document))).toBe(forward);
    expect(forward.match(/At \w+/g)).toEqual(['At one', 'At two', 'At three']);
  });

  it('wraps prose to the width and leaves a long word whole', () => {
    const text =
      'Some words that are too many for one line, and https://example.com/a/very/long/address/that/stays/whole.';
    const rendered = renderText(
      [fault({ headline: 'A headline of more words than fit', notes: [{ text }] })],
      new Map(),
      {
        width: 40,
      },
    );
    expect(rendered).toBe(
      `error ARZ004: A headline of more words
than fit
  Some words that are too many for one
  line, and
  https://example.com/a/very/long/address/that/stays/whole.
  See docs/errors/ARZ004-type-wrong.md

1 error
`,
    );
  });

  it('shows errors before warnings when there are too many, and counts all', () => {
    const warning = fault({ severity: 'warning', code: 'ARZ012', headline: 'Perhaps', place: at('a.yaml', 'one') });
    const errors = ['two', 'three'].map((text) => fault({ headline: `At ${text}`, place: at('a.yaml', text) }));
    const rendered = renderText([warning, ...errors], new Map(), { limit: 2 });
    expect(rendered.match(/^\w+ [A-Z]{3}\d+: .*$/gm)).toEqual(['error ARZ004: At three', 'error ARZ004: At two']);
    expect(rendered).toContain('1 more not shown; --json lists all.\n\n2 errors and 1 warning in 1 file\n');
  });

  it('calls documents as the caller does', () => {
    const options = { fileName: (uri: string): string => `orders/${uri}` };
    expect(renderText([fault({ place: at('a.yaml', 'x') })], documents(documentOf('a.yaml', 'x')), options)).toContain(
      '  at orders/a.yaml:1:1\n',
    );
  });

  it('shows no line of a document in which a secret is written out', () => {
    const document = documentOf('aws.yaml', 'systems:\n  payments:\n    auth: {key: hunter2}\n');
    const secret = fault({ code: 'ENV004', headline: 'A secret is written out', place: at('aws.yaml', 'key') });
    const beside = fault({ code: 'ENV005', headline: 'No such system', place: at('aws.yaml', 'payments') });
    const rendered = renderText([secret, beside], documents(document));
    expect(rendered).not.toContain('hunter2');
    expect(rendered).toContain('  at aws.yaml:3:12\n');
  });

  it('gives colour to the severity, the headline and the culprit, and dims the rest', () => {
    const rendered = renderText([fault({ place: at('a.yaml', 'b') })], documents(documentOf('a.yaml', 'a: b\n')), {
      colour: true,
    });
    const visible = rendered.replaceAll('\u001b', '<').split('\n');
    expect(visible[0]).toBe('<[1m<[31merror ARZ004: <[39m<[22m<[1mSomething is wrong<[22m');
    expect(visible[3]).toBe('    <[2m1 |<[22m a: b');
    expect(visible[4]).toBe('    <[2m  |<[22m    <[31m^<[39m');
  });
});

describe('a code frame', () => {
  it('widens tabs to two blanks, in the line and under it', () => {
    expect(frameOf('{\n\t"a": {\n\t\t"b": 1\n\t}\n}', '1')).toBe(
      `    1 | {
    2 |   "a": {
    3 |     "b": 1
      |          ^
    4 |   }`,
    );
  });

  it('knows lines that end with CRLF or CR', () => {
    expect(frameOf('a: 1\r\nb: 2\rc: 3\r\nd: 4\r\n', '3')).toBe(
      `    1 | a: 1
    2 | b: 2
    3 | c: 3
      |    ^
    4 | d: 4`,
    );
  });

  it('underlines wide characters at their full width and combined ones once', () => {
    expect(frameOf('名前: 決済\n', '決済')).toBe('    1 | 名前: 決済\n      |       ^^^^');
    expect(frameOf('a: 👩‍👩‍👧x\n', 'x')).toBe('    1 | a: 👩‍👩‍👧x\n      |      ^');
    expect(frameOf('e\u0301: x\n', 'x')).toBe('    1 | e\u0301: x\n      |    ^');
  });

  it('cuts a long line to a window around the culprit', () => {
    const line = `${'a'.repeat(500)} culprit ${'b'.repeat(500)}`;
    expect(frameOf(line, 'culprit', 44)).toBe(
      `    1 | …aaaaaaaaaaaa culprit bbbbbbbbbbbbb…
      |               ^^^^^^^`,
    );
  });

  it('shows the beginning of a culprit that is too long itself', () => {
    expect(frameOf(`key: ${'x'.repeat(500)}`, 'x'.repeat(500), 44)).toMatch(/^ {4}1 \| …x+…\n {6}\| {2}\^+$/);
  });

  it('looks at no more of a line of megabytes than it can show', () => {
    const line = `{"a":"${'😀'.repeat(1_000_000)}","culprit":1}`;
    expect(frameOf(line, 'culprit', 44)).toContain('^^^^^^^');
  });

  it('never cuts a character in two', () => {
    const line = `${'😀'.repeat(100)}!${'😀'.repeat(100)}`;
    for (let width = 44; width < 60; width++) expect(frameOf(line, '!', width).isWellFormed()).toBe(true);
  });

  it('underlines the first line of a value that goes on, and names the last', () => {
    expect(frameOf('steps:\n  - a: 1\n    b: 2\n    c: 3\nend: 1\n', 'a: 1\n    b: 2\n    c: 3\n')).toBe(
      `    1 | steps:
    2 |   - a: 1
      |     ^^^^ to line 4
    3 |     b: 2`,
    );
  });

  it('points behind the last character where something is missing at the end', () => {
    const document = documentOf('a.yaml', 'a: "x');
    const diagnostic = fault({ place: { document: 'a.yaml', pointer: '', offset: 5 } });
    expect(renderText([diagnostic], documents(document))).toContain('    1 | a: "x\n      |      ^\n');
  });

  it('lets no control character or text direction of a document through to the terminal', () => {
    const hostile = 'a: \u001b[2J\u009b31m\u202etxt\u0000\n';
    const rendered = renderText(
      [fault({ headline: 'Value "\u001b[2J" is wrong', place: at('a.yaml', 'txt') })],
      documents(documentOf('a.yaml', hostile)),
    );
    expect(rendered).toContain('error ARZ004: Value "␛[2J" is wrong');
    expect(rendered).toContain('    1 | a: ␛[2J\ufffd31m\ufffdtxt␀\n');
  });
});

describe('the summary', () => {
  it('counts each severity and the files', () => {
    const all = [
      fault({ place: at('a.yaml', 'x') }),
      fault({ severity: 'warning', place: at('b.yaml', 'x') }),
      fault({ severity: 'warning', place: at('b.yaml', 'y') }),
      fault({ severity: 'info' }),
    ];
    expect(summary(all)).toBe('1 error, 2 warnings and 1 remark in 2 files');
  });
});
