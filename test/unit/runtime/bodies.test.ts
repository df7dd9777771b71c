/** Bodies by their content types; parts are read back by Node's own parser of forms, XML by slimdom's. */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import type { PlanMediaType } from '../../../lib/model/plan.ts';
import { parseValue } from '../../../lib/expressions/values.ts';
import { buildRequest, type PreparedRequest } from '../../../lib/runtime/request/build.ts';
import { xmlWriterFor } from '../../../lib/runtime/request/xml.ts';
import { operationOf, planOf, stepOf } from '../../support/plan-fixture.ts';

type Made = { readonly ok: true; readonly request: PreparedRequest } | { readonly ok: false; readonly why: string };

async function made(payload: Json, media: PlanMediaType, schemas: JsonObject = {}): Promise<Made> {
  const body = { payload: parseValue('$inputs.payload'), replacements: [], contentType: media.contentType };
  const content = [{ ...media, contentType: media.contentType.replace(/;.*/, '') }];
  const operation = operationOf('pay', { body: { required: true, content } });
  const step = stepOf({ path: 'pay', body });
  const plan = planOf({ steps: [step], operations: [operation], rest: { schemas: { shop: schemas } } });
  const xml = await xmlWriterFor(step, operation);
  const scope = { inputs: { payload } };
  return buildRequest({ plan, step, environment: {}, scope, idempotencyKey: 'key-1', ...(xml && { xml }) });
}

async function sent(
  ...asked: Parameters<typeof made>
): Promise<{ readonly type: string; readonly bytes: Uint8Array; readonly text: string }> {
  const result = await made(...asked);
  if (!result.ok) throw new Error(result.why);
  const { headers, body = new Uint8Array() } = result.request;
  const type = headers.find(([name]) => name === 'Content-Type')?.[1] ?? '';
  return { type, bytes: body, text: Buffer.from(body).toString('utf8') };
}

async function refusal(...asked: Parameters<typeof made>): Promise<string> {
  const result = await made(...asked);
  return result.ok ? 'it was made' : result.why;
}

const PIXEL = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff, 13, 10]).toString('base64');

describe('a body of several parts', () => {
  const FORM = 'multipart/form-data';

  async function partsOf(
    payload: Json,
    media: Partial<PlanMediaType> = {},
    schemas: JsonObject = {},
  ): Promise<readonly (readonly [string, string, string | undefined])[]> {
    const { type, bytes } = await sent(payload, { contentType: FORM, ...media }, schemas);
    const form = await new Response(Buffer.from(bytes), { headers: { 'content-type': type } }).formData();
    return await Promise.all(
      [...form].map(async ([name, value]) =>
        typeof value === 'string'
          ? ([name, value, undefined] as const)
          : ([name, Buffer.from(await value.arrayBuffer()).toString('base64'), value.type] as const),
      ),
    );
  }

  it('has a part for each member, and for each element of a list; null is none', async () => {
    expect(await partsOf({ a: 'x\r\ny', n: 7, yes: true, tags: ['p', 'q'], none: null, 'we"ird': 'ü' })).toEqual([
      ['a', 'x\r\ny', undefined],
      ['n', '7', undefined],
      ['yes', 'true', undefined],
      ['tags', 'p', undefined],
      ['tags', 'q', undefined],
      ['we"ird', 'ü', undefined],
    ]);
  });

  it('writes structures as JSON, and what is declared as bytes as a file', async () => {
    const schema = { $ref: '#/$defs/Upload' };
    const schemas = {
      Upload: {
        allOf: [
          { type: 'object', properties: { photo: { type: 'string', format: 'binary' }, at: { type: 'object' } } },
        ],
      },
    };
    expect(await partsOf({ photo: PIXEL, at: { lat: 1 } }, { schema }, schemas)).toEqual([
      ['photo', PIXEL, 'application/octet-stream'],
      ['at', '{"lat":1}', undefined],
    ]);
    const { text } = await sent({ at: { lat: 1 } }, { contentType: FORM, schema }, schemas);
    expect(text).toContain('name="at"\r\nContent-Type: application/json\r\n\r\n{"lat":1}\r\n');
  });

  it('takes bytes from a data URL with its type, from base64, and else as text', async () => {
    const schema = { properties: { file: { type: 'string', format: 'binary' } } };
    const ofFile = async (file: string): Promise<readonly Json[]> => {
      const [part] = await partsOf({ file }, { schema });
      return [Buffer.from(part?.[1] ?? '', 'base64').toString('latin1'), part?.[2] ?? null];
    };
    expect(await ofFile(`data:image/png;base64,${Buffer.from('png').toString('base64')}`)).toEqual([
      'png',
      'image/png',
    ]);
    expect(await ofFile('data:text/csv,a%2Cb')).toEqual(['a,b', 'text/csv']);
    expect(await ofFile('data:,YWJj')).toEqual(['YWJj', 'application/octet-stream']);
    expect(await ofFile('YWJj')).toEqual(['abc', 'application/octet-stream']);
    expect(await ofFile('a plain text')).toEqual(['a plain text', 'application/octet-stream']);
  });

  it.each<readonly [string, JsonObject, Json, string]>([
    ['the first of a list', { contentType: 'text/csv, text/plain' }, 'a', 'text/csv'],
    [
      'the one of a list that the value has',
      { contentType: 'image/png, image/jpeg' },
      'data:image/jpeg;base64,YWJj',
      'image/jpeg',
    ],
    ['a range, filled by the value', { contentType: 'image/*' }, 'data:image/gif;base64,YWJj', 'image/gif'],
    ['a range that nothing fills', { contentType: 'image/*' }, 'YWJj', 'application/octet-stream'],
    ['JSON of a text', { contentType: 'application/json' }, 'a', 'application/json'],
  ])('has the type that its encoding says: %s', async (_, encoding, file, type) => {
    const { text } = await sent({ file }, { contentType: FORM, encoding: { file: encoding } });
    expect(text).toContain(`\r\nContent-Type: ${type}\r\n`);
  });

  it('leaves a data URL alone where the schema wants a text', async () => {
    const schema = { properties: { url: { type: 'string' } } };
    expect(await partsOf({ url: 'data:text/csv,a' }, { schema })).toEqual([['url', 'data:text/csv,a', undefined]]);
    expect(await partsOf({ url: 'data:text/csv,a' })).toEqual([['url', 'YQ==', 'text/csv']]);
  });

  it('sends what is base64 by its schema as it is, and says so', async () => {
    const schema = {
      properties: { key: { type: 'string', contentEncoding: 'base64', contentMediaType: 'image/png' } },
    };
    const { text } = await sent({ key: 'YWJj' }, { contentType: FORM, schema });
    expect(text).toContain('Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\n');
  });

  it('sends the headers of a part whose value the document fixes', async () => {
    const encoding = {
      a: { headers: { 'X-Kind': { schema: { const: 'note' } }, 'X-Free': { schema: { type: 'string' } } } },
    };
    const { text } = await sent({ a: 'x' }, { contentType: FORM, encoding });
    expect(text).toContain('X-Kind: note\r\n');
    expect(text).not.toContain('X-Free');
  });

  it('has the same bytes each time, and a boundary that no part can know', async () => {
    const [one, other, third] = await Promise.all(
      [{ a: 1 }, { a: 1 }, { a: 2 }].map((payload) => sent(payload, { contentType: FORM })),
    );
    expect(one?.text).toBe(other?.text);
    expect(one?.type).not.toBe(third?.type);
    expect(await refusal({ a: '--mine' }, { contentType: `${FORM}; boundary=mine` })).toBe(
      'a part of the body holds the boundary that its content type names',
    );
  });

  it('without names is made of a list', async () => {
    const { type, text } = await sent([{ a: 1 }, 'x'], { contentType: 'multipart/mixed; boundary=b' });
    expect([type, text]).toEqual([
      'multipart/mixed; boundary=b',
      '--b\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n',
    ]);
  });

  describe('by position (OpenAPI 3.2)', () => {
    const MIXED = 'multipart/mixed; boundary=b';
    const heads = (text: string): readonly string[] =>
      [...text.matchAll(/^Content-Type: (.*)\r$/gm)].map(([, type = '']) => type);

    it('has an encoding for each of the first, and one for all others', async () => {
      const encodings = {
        prefixEncoding: [{ contentType: 'application/xml' }, {}],
        itemEncoding: { contentType: 'text/csv', headers: { 'X-Kind': { schema: { const: 'row' } } } },
      };
      const { text } = await sent(['<a/>', { a: 1 }, 'x', 'y'], { contentType: MIXED, ...encodings });
      expect(heads(text)).toEqual(['application/xml', 'application/json', 'text/csv', 'text/csv']);
      expect(text.match(/X-Kind: row/g)).toHaveLength(2);
    });

    it('has the types of its schema where no encoding says others', async () => {
      const schema = { type: 'array', prefixItems: [{ type: 'object' }], items: { type: 'string', format: 'binary' } };
      const { text, bytes } = await sent([{ a: 1 }, PIXEL], { contentType: MIXED, schema });
      expect(heads(text)).toEqual(['application/json', 'application/octet-stream']);
      expect(Buffer.from(bytes).includes(Buffer.from(PIXEL, 'base64'))).toBe(true);
    });

    it('may be shorter than its encodings, and empty', async () => {
      const encodings = { prefixEncoding: [{}, {}, {}] };
      expect((await sent(['x'], { contentType: MIXED, ...encodings })).text).toContain('\r\n\r\nx\r\n--b--');
      expect((await sent([], { contentType: MIXED, ...encodings })).text).toBe('--b--\r\n');
    });

    it('has parts in a part', async () => {
      const itemEncoding = {
        contentType: 'multipart/mixed',
        prefixEncoding: [{ contentType: 'text/csv' }],
        itemEncoding: { contentType: 'text/html' },
      };
      const { text } = await sent([['a', 'b'], ['c']], { contentType: MIXED, itemEncoding });
      const types = heads(text);
      expect(types.filter((type) => type.startsWith('multipart/mixed; boundary=interlock-'))).toHaveLength(2);
      expect(types.filter((type) => !type.startsWith('multipart'))).toEqual(['text/csv', 'text/html', 'text/csv']);
    });

    it('has a form in a part', async () => {
      const itemEncoding = {
        contentType: 'application/x-www-form-urlencoded',
        encoding: { tags: { style: 'pipeDelimited', explode: false } },
      };
      const { text } = await sent([{ tags: ['a', 'b'], n: 1 }], { contentType: MIXED, itemEncoding });
      expect(text).toContain('\r\n\r\ntags=a%7Cb&n=1\r\n');
    });

    it('of a form has names that a header gives, and is not sent without', async () => {
      const named = (name: string): JsonObject => ({
        headers: { 'Content-Disposition': { schema: { const: `form-data; name="${name}"` } } },
      });
      const encodings = { prefixEncoding: [named('first'), named('second')] };
      expect(await partsOf(['x', 'y'], encodings)).toEqual([
        ['first', 'x', undefined],
        ['second', 'y', undefined],
      ]);
      expect(await refusal(['x', 'y', 'z'], { contentType: FORM, ...encodings })).toBe(
        'a part of the body has no name: its encoding fixes none by a header `Content-Disposition`',
      );
      expect(await refusal(['x'], { contentType: FORM })).toBe(
        'a body of `multipart/form-data` is made of the members of an object',
      );
    });

    it('is not sent where a header of a part would begin another', async () => {
      const itemEncoding = { headers: { 'X-A': { schema: { const: 'x\r\nX-Evil: 1' } } } };
      expect(await refusal(['x'], { contentType: MIXED, itemEncoding })).toContain('a part of the body cannot be sent');
    });
  });

  it('cannot begin a header or a part by a name', async () => {
    const { text } = await sent({ 'a"\r\nX-Evil: 1': 'x' }, { contentType: FORM });
    expect(text).toContain('name="a%22%0D%0AX-Evil: 1"');
    expect(await refusal({ a: { b: 1 } }, { contentType: FORM, encoding: { a: { contentType: 'text/plain' } } })).toBe(
      'the part `a` is sent as `text/plain`, which holds no structure',
    );
  });
});

describe('a body of XML', () => {
  const XML = 'application/xml';
  const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
  const texts = { type: 'array', items: { type: 'string' } };

  /** The examples of OpenAPI 3.1, XML Object. */
  it.each<readonly [string, JsonObject, Json, string]>([
    [
      'members',
      { properties: { id: {}, name: {} } },
      { id: 1, name: 'A & <B>' },
      '<Root><id>1</id><name>A &amp; &lt;B&gt;</name></Root>',
    ],
    [
      'a name of its own',
      { properties: { animals: { type: 'string', xml: { name: 'animal' } } } },
      { animals: 'x' },
      '<Root><animal>x</animal></Root>',
    ],
    [
      'attributes, prefixes and namespaces',
      {
        properties: {
          id: { xml: { attribute: true } },
          name: { xml: { namespace: 'https://example.com/schema/sample', prefix: 'sample' } },
        },
      },
      { id: 123, name: 'example' },
      '<Root id="123"><sample:name xmlns:sample="https://example.com/schema/sample">example</sample:name></Root>',
    ],
    [
      'a list',
      { properties: { animals: texts } },
      { animals: ['a', 'b'] },
      '<Root><animals>a</animals><animals>b</animals></Root>',
    ],
    [
      'a list whose own name says nothing',
      { properties: { animals: { type: 'array', xml: { name: 'aliens' }, items: { xml: { name: 'animal' } } } } },
      { animals: ['a', 'b'] },
      '<Root><animal>a</animal><animal>b</animal></Root>',
    ],
    [
      'a wrapped list',
      { properties: { animals: { ...texts, xml: { wrapped: true } } } },
      { animals: ['a', 'b'] },
      '<Root><animals><animals>a</animals><animals>b</animals></animals></Root>',
    ],
    [
      'a wrapped list with names',
      {
        properties: {
          animals: { type: 'array', xml: { name: 'aliens', wrapped: true }, items: { xml: { name: 'animal' } } },
        },
      },
      { animals: ['a', 'b'] },
      '<Root><aliens><animal>a</animal><animal>b</animal></aliens></Root>',
    ],
    [
      'a wrapped list whose elements take its name',
      { properties: { animals: { ...texts, xml: { name: 'aliens', wrapped: true } } } },
      { animals: ['a'] },
      '<Root><aliens><aliens>a</aliens></aliens></Root>',
    ],
    [
      'text beside attributes (OpenAPI 3.2)',
      {
        properties: {
          lang: { xml: { nodeType: 'attribute' } },
          text: { xml: { nodeType: 'text' } },
          raw: { xml: { nodeType: 'cdata' } },
        },
      },
      { lang: 'de', text: 'Tür', raw: '<x>' },
      '<Root lang="de">Tür<![CDATA[<x>]]></Root>',
    ],
    ['null, which is left out', {}, { a: null, b: [null, 1], c: {} }, '<Root><b>1</b><c/></Root>'],
    [
      'a default namespace, which what is inside takes over',
      { xml: { namespace: 'urn:a' }, properties: {} },
      { b: 1 },
      '<Root xmlns="urn:a"><b>1</b></Root>',
    ],
  ])('has %s', async (_, schema, payload, xml) => {
    const { text, type } = await sent(
      payload,
      { contentType: XML, schema: { $ref: '#/$defs/Root' } },
      { Root: { type: 'object', ...schema } },
    );
    expect([type, text]).toEqual([XML, HEAD + xml]);
  });

  it('is the text that the author writes, too', async () => {
    expect((await sent('<a/>', { contentType: XML })).text).toBe('<a/>');
  });

  it.each<readonly [string, Json, JsonObject | undefined, string]>([
    [
      'has no root',
      { a: 1 },
      undefined,
      'the payload cannot be written as XML: nothing names its root element: give its schema an `xml.name`',
    ],
    [
      'has a name that XML lacks',
      { 'a b': 1 },
      { xml: { name: 'r' } },
      'a name or a character in it is not one that XML allows, or a prefix has no namespace',
    ],
    [
      'has a character that XML lacks',
      { a: '\u0001' },
      { xml: { name: 'r' } },
      'a name or a character in it is not one that XML allows',
    ],
    ['has a prefix alone', { a: 1 }, { xml: { name: 'r', prefix: 'p' } }, 'a prefix has no namespace'],
  ])('is refused where it %s', async (_, payload, schema, why) => {
    expect(await refusal(payload, { contentType: XML, ...(schema && { schema }) })).toContain(why);
  });
});

describe('a form', () => {
  const FORM = 'application/x-www-form-urlencoded';

  it.each<readonly [JsonObject, Json, string]>([
    [{ style: 'spaceDelimited', explode: false }, ['x', 'y'], 'a=x%20y'],
    [{ style: 'pipeDelimited' }, ['x', 'y'], 'a=x%7Cy'],
    [{ style: 'deepObject' }, { b: 1 }, 'a%5Bb%5D=1'],
    [{ explode: false }, ['x', 'y'], 'a=x,y'],
    [{ explode: true }, { b: 1, c: 2 }, 'b=1&c=2'],
    [{ allowReserved: true }, 'a/b&c', 'a=a/b%26c'],
    [{ contentType: 'application/json' }, ['x'], 'a=%5B%22x%22%5D'],
    [{}, { b: [1] }, 'a=%7B%22b%22%3A%5B1%5D%7D'],
  ])('writes by %j', async (encoding, value, text) => {
    expect((await sent({ a: value }, { contentType: FORM, encoding: { a: encoding } })).text).toBe(text);
  });
});

describe('text and bytes', () => {
  it('are in the charset that the type names, or refused', async () => {
    expect([...(await sent('é', { contentType: 'text/plain; charset=ISO-8859-1' })).bytes]).toEqual([0xe9]);
    expect([...(await sent('é', { contentType: 'text/plain' })).bytes]).toEqual([0xc3, 0xa9]);
    expect(await refusal('€', { contentType: 'text/plain; charset=iso-8859-1' })).toBe(
      'a character is not in `iso-8859-1`',
    );
    expect(await refusal('é', { contentType: 'text/plain; charset=us-ascii' })).toBe(
      'a character is not in `us-ascii`',
    );
    expect(await refusal('x', { contentType: 'text/plain; charset=ebcdic' })).toBe(
      'text is not sent in the charset `ebcdic`',
    );
  });

  it('are bytes of base64, as a binary answer gives them', async () => {
    const { bytes } = await sent(PIXEL, { contentType: 'image/png' });
    expect(Buffer.from(bytes).toString('base64')).toBe(PIXEL);
  });

  it('are lines of JSON from a list', async () => {
    expect((await sent([{ a: 1 }, 2], { contentType: 'application/x-ndjson' })).text).toBe('{"a":1}\n2\n');
    expect((await sent([1], { contentType: 'application/json-seq' })).text).toBe('\u001e1\n');
  });
});
