/** What OpenAPI 3.2 has that its predecessors had not: read, or refused with a code (docs/openapi-3.2.md). */
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../lib/model/openapi.ts';
import { compileDescription } from '../../../lib/compile/compile.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { systemIn } from '../../support/reading.ts';

const HEAD = "openapi: 3.2.0\ninfo: { title: Shop, version: '1' }\n";

async function read(
  rest: string,
  others: { readonly [name: string]: string } = {},
): Promise<Awaited<ReturnType<typeof systemIn>> & { readonly only: Operation | undefined }> {
  const system = await systemIn({ 'api.yaml': `${HEAD}${rest}\n`, ...others });
  return { ...system, only: system.document.operations[0] };
}

describe('an operation of another method', () => {
  it('is read as it is sent', async () => {
    const { document, codes } = await read(
      'paths: { /docs: { additionalOperations: { COPY: { operationId: copy }, M-SEARCH: {} }, query: { operationId: ask } } }',
    );
    expect(document.operations.map(({ method, operationId }) => [method, operationId])).toEqual([
      ['query', 'ask'],
      ['COPY', 'copy'],
      ['M-SEARCH', undefined],
    ]);
    expect(codes).toEqual([]);
  });

  it.each(['POST', 'post', 'Query', 'copy', 'CONNECT', "'A B'", "'A: 1'", "''"])('cannot be %s', async (method) => {
    const { document, codes } = await read(`paths: { /docs: { additionalOperations: { ${method}: {} } } }`);
    expect([document.operations, codes]).toEqual([[], ['OAS012']]);
  });
});

describe('an operation that is named by its method', () => {
  it('is told where the document has the method in lower case', async () => {
    const flow = `arazzo: 1.1.0
info: { title: Flow, version: '1' }
sourceDescriptions: [{ name: files, url: ./api.yaml, type: openapi }]
workflows: [{ workflowId: w, steps: [{ stepId: s, operationPath: '{$sourceDescriptions.files.url}#/paths/~1docs/additionalOperations/COPY' }] }]`;
    const files = {
      'w.yaml': flow,
      'api.yaml': `${HEAD}paths: { /docs: { additionalOperations: { copy: {}, lock: {} } } }\n`,
    };
    const { diagnostics } = await compileDescription({ entry: 'w.yaml', files: memoryFiles(files) });
    expect(diagnostics.map(({ code, value }) => [code, value])).toEqual([
      ['OAS012', 'copy'],
      ['ARZ056', '/paths/~1docs/additionalOperations/COPY'],
    ]);
  });
});

describe('a sequence of items', () => {
  it.each([
    'application/jsonl',
    'application/json-seq',
    'application/geo+json-seq',
    'text/event-stream',
    'multipart/mixed',
  ])('of %s is a list by its `itemSchema`', async (type) => {
    const { only, codes } = await read(
      `paths: { /a: { get: { responses: { '200': { content: { ${type}: { itemSchema: { $ref: '#/components/schemas/E' } } } } } } } }\ncomponents: { schemas: { E: { type: object } } }`,
    );
    expect(only?.responses[0]?.content).toEqual([
      { contentType: type, schema: { type: 'array', items: { $ref: '#/$defs/E' } }, isSequence: true },
    ]);
    expect(codes).toEqual([]);
  });

  it('is held to its `schema`, too, where it has both', async () => {
    const { only } = await read(
      "paths: { /a: { get: { responses: { '200': { content: { application/jsonl: { schema: { maxItems: 3 }, itemSchema: { type: string } } } } } } } }",
    );
    expect(only?.responses[0]?.content[0]?.schema).toEqual({
      type: 'array',
      items: { type: 'string' },
      allOf: [{ maxItems: 3 }],
    });
  });

  it('is no matter of a type that is none', async () => {
    const { only } = await read(
      "paths: { /a: { get: { responses: { '200': { content: { application/json: { itemSchema: { type: string } } } } } } } }",
    );
    expect(only?.responses[0]?.content).toEqual([{ contentType: 'application/json' }]);
  });
});

describe('encodings by position', () => {
  it('are read with those of inner parts, and with headers wherever references lead to them', async () => {
    const { only, codes } = await read(`
paths:
  /a:
    post:
      requestBody:
        content:
          multipart/mixed:
            prefixEncoding:
              - contentType: application/json
                headers: { X-Kind: { $ref: '#/components/headers/Kind' }, X-Lost: { $ref: '#/nowhere' } }
            itemEncoding: { contentType: multipart/mixed, itemEncoding: { contentType: image/png } }
components:
  headers: { Kind: { schema: { $ref: '#/components/schemas/Kind' } } }
  schemas: { Kind: { const: note } }`);
    const [media] = only?.requestBody?.content ?? [];
    expect(media?.prefixEncoding).toEqual([
      {
        contentType: 'application/json',
        headers: { 'X-Kind': { schema: { const: 'note' } }, 'X-Lost': { $ref: '#/nowhere' } },
      },
    ]);
    expect(media?.itemEncoding).toEqual({
      contentType: 'multipart/mixed',
      itemEncoding: { contentType: 'image/png' },
    });
    expect(codes).toEqual([]);
  });

  it('of a wrong kind say nothing', async () => {
    const { only } = await read(
      'paths: { /a: { post: { requestBody: { content: { multipart/mixed: { prefixEncoding: x, itemEncoding: [1] } } } } } }',
    );
    expect(only?.requestBody?.content).toEqual([{ contentType: 'multipart/mixed' }]);
  });
});

describe('a media type', () => {
  it('may be a component', async () => {
    const { only, codes } = await read(`
paths: { /a: { get: { responses: { '200': { content: { application/json: { $ref: '#/components/mediaTypes/Order' } } } } } } }
components: { mediaTypes: { Order: { schema: { type: object } } } }`);
    expect(only?.responses[0]?.content).toEqual([{ contentType: 'application/json', schema: { type: 'object' } }]);
    expect(codes).toEqual([]);
  });

  it.each([
    ['application/json', '{ one: { dataValue: { a: 1 } } }', { a: 1 }],
    ['application/json', '{ one: { serializedValue: \'{"a":1}\' } }', { a: 1 }],
    ['application/json', "{ one: { serializedValue: '{' } }", undefined],
    ['text/plain', '{ one: { serializedValue: hello } }', 'hello'],
    ['image/png', '{ one: { serializedValue: x, externalValue: ./x.png } }', undefined],
  ])('of %s with %s has the example %j', async (type, examples, example) => {
    const { only } = await read(
      `paths: { /a: { get: { responses: { '200': { content: { ${type}: { examples: ${examples} } } } } } } }`,
    );
    expect(only?.responses[0]?.content[0]?.example).toEqual(example);
  });
});

describe('a parameter', () => {
  it('may be the whole query, and a cookie as it is', async () => {
    const { only, codes } = await read(
      `paths: { /a: { get: { parameters: [{ name: q, in: querystring, content: { application/json: {} } }, { name: c, in: cookie, style: cookie }] } } }`,
    );
    expect(
      only?.parameters.map(({ in: place, style, explode, contentType }) => [place, style, explode, contentType]),
    ).toEqual([
      ['querystring', 'form', true, 'application/json'],
      ['cookie', 'cookie', true, undefined],
    ]);
    expect(codes).toEqual([]);
  });
});

describe('a security requirement', () => {
  const SCHEME = 'type: http\n      scheme: bearer\n';
  const of = (key: string): string =>
    `paths: { /a: { get: { security: [{ '${key}': [read] }] } } }\ncomponents:\n  securitySchemes:\n    key:\n      ${SCHEME}`;

  it.each(['key', '#/components/securitySchemes/key', 'api.yaml#/components/securitySchemes/key'])(
    'names a component by %s',
    async (key) => {
      const { only, document, codes } = await read(of(key));
      expect([only?.security, [...document.securitySchemes.keys()], codes]).toEqual([[{ key: ['read'] }], ['key'], []]);
    },
  );

  it('names a scheme of another document by its URI, and it is called as there', async () => {
    const { only, document, codes } = await read(of('shared.yaml#/schemes/token'), {
      'shared.yaml': 'schemes: { token: { type: mutualTLS } }\n',
    });
    expect([only?.security, document.securitySchemes.get('token'), codes]).toEqual([
      [{ token: ['read'] }],
      { type: 'mutualTLS' },
      [],
    ]);
  });

  it('keeps apart two schemes of one name', async () => {
    const { only, document } = await read(of('shared.yaml#/schemes/key'), {
      'shared.yaml': 'schemes: { key: { type: mutualTLS } }\n',
    });
    expect(only?.security).toEqual([{ 'shared.yaml#/schemes/key': ['read'] }]);
    expect(document.securitySchemes.get('key')).toEqual({ type: 'http', scheme: 'bearer' });
  });

  it.each(['lost', './lost.yaml#/x', '#/components/securitySchemes/lost', '#/paths'])(
    '%s leads to nothing',
    async (key) => {
      expect((await read(of(key))).codes).toEqual(['OAS010']);
    },
  );
});

describe('a security scheme', () => {
  it('may have the flow of devices and metadata of its server', async () => {
    const { document, codes } = await read(
      'components: { securitySchemes: { o: { type: oauth2, deprecated: true, oauth2MetadataUrl: https://id.example/m, flows: { deviceAuthorization: { tokenUrl: https://id.example/t, deviceAuthorizationUrl: https://id.example/d, scopes: {} } } } } }',
    );
    expect(document.securitySchemes.get('o')).toMatchObject({ type: 'oauth2', metadataUrl: 'https://id.example/m' });
    expect(codes).toEqual([]);
  });
});

describe('`$self`', () => {
  const SELF = '$self: https://apis.example/shop/api.yaml\n';
  const PARTS = '$self: https://apis.example/shop/parts.yaml\nq: { name: q, in: query }\n';
  const referring = (...references: readonly string[]): string =>
    `${SELF}servers: [{ url: ./v1 }]\npaths: { /a: { get: { parameters: [${references.map((one) => `{ $ref: '${one}' }`).join()}] } } }\ncomponents: { parameters: { p: { name: p, in: query } } }`;

  it('is what references count from, also where the documents lie elsewhere', async () => {
    const elsewhere = { 'lib/p.yaml': `${PARTS}r: { name: r, in: query }\n` };
    const { only, codes } = await read(
      referring('lib/p.yaml#/r', './parts.yaml#/q', '#/components/parameters/p'),
      elsewhere,
    );
    expect([only?.parameters.map(({ name }) => name), codes]).toEqual([['r', 'q', 'p'], []]);
  });

  it('leads to what lies beside the document where nothing calls itself so', async () => {
    const { only, codes } = await read(referring('./parts.yaml#/q'), { 'parts.yaml': 'q: { name: q, in: query }\n' });
    expect([only?.parameters.map(({ name }) => name), codes]).toEqual([['q'], []]);
  });

  it('is no place for a server: that counts from where the document was had', async () => {
    const { document } = await read(referring('#/components/parameters/p'));
    expect(document.servers[0]?.url).toBe('./v1');
  });

  it('of another document takes nothing from what a document says of itself', async () => {
    const { only, codes } = await read(
      `${SELF}paths: { /a: { get: { parameters: [{ $ref: 'twin.yaml#/components/parameters/p' }] } } }`,
      {
        'twin.yaml': `openapi: 3.2.0\n${SELF}components: { parameters: { p: { $ref: '#/components/parameters/q' }, q: { name: twin, in: query } } }\n`,
      },
    );
    expect([only?.parameters.map(({ name }) => name), codes]).toEqual([['twin'], []]);
  });
});

describe('what only describes', () => {
  it('is left alone', async () => {
    const { codes, only } = await read(`
tags: [{ name: a, summary: A, kind: nav, parent: b }, { name: b }]
servers: [{ url: https://shop.example, name: production }]
paths: { /a: { get: { responses: { '200': { summary: Done, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } } } } }
components: { schemas: { Pet: { type: object, discriminator: { propertyName: kind, defaultMapping: Pet } } } }`);
    expect(codes).toEqual([]);
    expect(only?.servers).toEqual([{ url: 'https://shop.example', variables: {} }]);
  });
});
