import { describe, expect, it } from 'vitest';
import type { HttpHeader } from '../../../lib/runtime/ports/http.ts';
import { type ReadResponse, readResponse } from '../../../lib/runtime/request/response.ts';

function read(
  contentType: string | undefined,
  body: string | Uint8Array,
  more: readonly HttpHeader[] = [],
): ReadResponse {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const headers: readonly HttpHeader[] = contentType === undefined ? more : [['content-type', contentType], ...more];
  return readResponse({ kind: 'response', status: 200, headers, body: bytes, url: '' });
}

describe('a response body', () => {
  it.each([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/problem+json; charset=utf-8', '\ufeff[1]', [1]],
    ['text/plain', 'grün', 'grün'],
    ['application/xml', '<a/>', '<a/>'],
    [undefined, 'text', 'text'],
    ['application/octet-stream', 'ab', 'YWI='],
  ] as const)('of type %s is read as it is meant', (type, text, value) => {
    expect(read(type, text).message.body).toEqual(value);
  });

  it('is read in its charset', () => {
    expect(read('text/plain; charset=ISO-8859-1', Uint8Array.of(0x67, 0xfc)).message.body).toBe('gü');
  });

  it.each([
    ['utf-16 by its mark', Uint8Array.of(0xff, 0xfe, 0x3c, 0, 0xfc, 0), '<ü'],
    [
      'what it says of itself',
      Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>', 'latin1'),
      '<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>',
    ],
  ])('of XML without a charset is read in %s', (_, bytes, text) => {
    expect(read('application/xml', bytes).message.body).toBe(text);
  });

  it.each([
    ['application/x-ndjson', '{"a":1}\n\n2\r\n', [{ a: 1 }, 2]],
    ['application/json-seq', '\u001e{"a":1}\n\u001e[]\n', [{ a: 1 }, []]],
    ['application/geo+json-seq', '\u001e{"a":1}\n', [{ a: 1 }]],
  ])('of %s is a list of what its lines say', (type, text, values) => {
    expect(read(type, text).message.body).toEqual(values);
    expect(read(type, '{"a":1}\n{').unparseable).toBe('it says that it is JSON and is not');
  });

  describe('of server-sent events', () => {
    const EVENTS = 'text/event-stream';
    const declared = [{ status: '200', content: [{ contentType: EVENTS, schema: {}, isSequence: true as const }] }];
    const events = (text: string): unknown => {
      const answer = { kind: 'response', status: 200, headers: [['content-type', EVENTS]], url: '' } as const;
      return readResponse({ ...answer, body: new TextEncoder().encode(text) }, declared).message.body;
    };

    it('is a list of events where its items are described, and else a text', () => {
      expect(events('data: a\n\n')).toEqual([{ data: 'a' }]);
      expect(read(EVENTS, 'data: a\n\n').message.body).toBe('data: a\n\n');
    });

    it.each([
      ['lines of data are joined', 'data: a\ndata:b\ndata\n\n', [{ data: 'a\nb\n' }]],
      ['comments and other fields say nothing', ': hi\nevent: e\nother: x\ndata: 1\n\n', [{ event: 'e', data: '1' }]],
      [
        'a retry is a number, and nothing else',
        'retry: 5\ndata: 1\n\nretry: x\ndata: 2\n\n',
        [{ retry: 5, data: '1' }, { data: '2' }],
      ],
      [
        'lines end in any way',
        'data: 1\r\n\r\ndata: 2\r\rid: 7\ndata: 3\n\n',
        [{ data: '1' }, { data: '2' }, { id: '7', data: '3' }],
      ],
      ['what has no data, and what is not closed, is none', '\ufeffevent: e\n\ndata: 1\n\ndata: 2\n', [{ data: '1' }]],
    ])('%s', (_, text, list) => {
      expect(events(text)).toEqual(list);
    });
  });

  it('is absent when it is empty, whatever its type says', () => {
    const { message, unparseable } = read('application/json', '');
    expect(['body' in message, unparseable]).toEqual([false, undefined]);
  });

  it.each([
    ['application/json', '{"a":', 'it says that it is JSON and is not'],
    ['application/json', Uint8Array.of(0x22, 0xff, 0x22), 'its JSON is not UTF-8'],
    ['text/plain', Uint8Array.of(0xff), 'its text is not in the charset that it names'],
    ['text/plain; charset=klingon', 'a', 'its text is not in the charset that it names'],
    ['application/json', `${'['.repeat(600)}${']'.repeat(600)}`, 'its JSON is nested deeper than 500 levels'],
  ] as const)('of type %s that cannot be read is unparseable', (type, body, why) => {
    const response = read(type, body);
    expect([response.unparseable, 'body' in response.message]).toEqual([why, false]);
  });

  it('keeps a member named __proto__ a member', () => {
    expect(Object.keys(read('application/json', '{"__proto__":1}').message.body ?? {})).toEqual(['__proto__']);
  });
});

describe('response headers', () => {
  it('are joined where they repeat', () => {
    const { message, retryAfter } = read(undefined, '', [
      ['X-A', '1'],
      ['x-a', '2'],
      ['Retry-After', '3'],
      ['__proto__', 'p'],
    ]);
    expect([message.header?.['x-a'], retryAfter]).toEqual(['1, 2', '3']);
  });
});
