/** An OpenAPI document: what each version says in its own way comes out the same, and what is wrong is left out. */
import { describe, expect, it } from 'vitest';
import { isObject, type Json, own } from '../../../lib/model/json.ts';
import { readOpenApi } from '../../../lib/read/openapi.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { systemIn } from '../../support/reading.ts';

const HEAD = "info: { title: Shop, version: '1' }";

/** The schema of a query parameter, in a document of that version. */
async function schemaIn(
  version: string,
  schema: string,
): Promise<{ readonly schema: Json | undefined; readonly codes: readonly string[] }> {
  const text = `openapi: ${version}
${HEAD}
paths:
  /a: { get: { parameters: [{ name: q, in: query, schema: ${schema} }], responses: {} } }
components: { schemas: { A: { type: string } } }`;
  const { document, codes } = await systemIn({ 'api.yaml': text });
  return { schema: document.operations[0]?.parameters[0]?.schema, codes };
}

describe('the version', () => {
  it.each([
    ['3.0.0', '3.0'],
    ['3.0.4', '3.0'],
    ['3.0', '3.0'],
    ['3', '3.0'],
    ['3.1', '3.1'],
    ['3.1.1', '3.1'],
    ['3.1.0-rc1', '3.1'],
    ['3.2.0', '3.2'],
  ])('%s is read as %s', async (written, version) => {
    expect((await systemIn({ 'api.yaml': `openapi: ${written}\n${HEAD}\n` })).document.version).toBe(version);
  });

  it.each(['3.3.0', '3.10.0', '4.0.0', '2.0', '31', 'null', '[3.1]', '{ a: 1 }', "''"])(
    '%s is none that is read',
    async (written) => {
      const { document, diagnostics } = await readOpenApi('a.yaml', memoryFiles({ 'a.yaml': `openapi: ${written}\n` }));
      expect(document).toBeUndefined();
      expect(diagnostics.map(({ code }) => code)).toEqual(['OAS001']);
    },
  );

  it.each([
    ['an Arazzo document', 'arazzo: 1.0.1\n'],
    ['an AsyncAPI document', 'asyncapi: 3.0.0\n'],
    ['a document of no kind', 'a: 1\n'],
    ['a list', '- 1\n'],
    ['nothing but comments', '# a\n'],
  ])('is not looked for in %s', async (_, text) => {
    const { document, diagnostics } = await readOpenApi('a.yaml', memoryFiles({ 'a.yaml': text }));
    expect({ document, codes: diagnostics.map(({ code }) => code) }).toEqual({
      document: undefined,
      codes: ['DOC030'],
    });
  });
});

describe('a schema', () => {
  const same: readonly (readonly [string, string, string, Json])[] = [
    [
      'that allows null',
      '{ type: string, nullable: true }',
      '{ type: [string, "null"] }',
      { type: ['string', 'null'] },
    ],
    [
      'with an exclusive bound',
      '{ minimum: 1, exclusiveMinimum: true }',
      '{ exclusiveMinimum: 1 }',
      { exclusiveMinimum: 1 },
    ],
    [
      'with an example',
      '{ type: string, example: x }',
      '{ type: string, examples: [x] }',
      { type: 'string', examples: ['x'] },
    ],
    [
      'of a reference',
      "{ $ref: '#/components/schemas/A' }",
      "{ $ref: '#/components/schemas/A' }",
      { $ref: '#/$defs/A' },
    ],
  ];

  it.each(same)('%s is the same from 3.0 and 3.1', async (_, old, now, schema) => {
    expect(await schemaIn('3.0.3', old)).toEqual({ schema, codes: [] });
    expect(await schemaIn('3.1.0', now)).toEqual({ schema, codes: [] });
  });

  it('has what stands beside a reference, from 3.1 on', async () => {
    const written = "{ $ref: '#/components/schemas/A', maxLength: 3 }";
    expect((await schemaIn('3.1.0', written)).schema).toEqual({ $ref: '#/$defs/A', maxLength: 3 });
    expect((await schemaIn('3.0.3', written)).schema).toEqual({ $ref: '#/$defs/A' });
  });

  it('knows `nullable` in 3.0 only, with the listed values and beside what combines', async () => {
    expect((await schemaIn('3.1.0', '{ type: string, nullable: true }')).schema).toEqual({ type: 'string' });
    expect((await schemaIn('3.0.3', '{ type: string, nullable: true, enum: [a] }')).schema).toEqual({
      type: ['string', 'null'],
      enum: ['a', null],
    });
    const combined = await schemaIn(
      '3.0.3',
      "{ nullable: true, description: d, allOf: [{ $ref: '#/components/schemas/A' }] }",
    );
    expect(combined.schema).toEqual({
      description: 'd',
      anyOf: [{ allOf: [{ $ref: '#/$defs/A' }] }, { type: 'null' }],
    });
  });

  it('in a file of parts has the dialect of who refers to it', async () => {
    const api = (version: string): string =>
      `openapi: ${version}\n${HEAD}\npaths:\n  /a: { get: { parameters: [{ name: q, in: query, schema: { $ref: 's.yaml' } }], responses: {} } }\n`;
    const part = { 's.yaml': '{ type: string, nullable: true }' };
    expect((await systemIn({ 'api.yaml': api('3.0.3'), ...part })).document.schemas).toEqual({
      s: { type: ['string', 'null'] },
    });
    expect((await systemIn({ 'api.yaml': api('3.1.0'), ...part })).document.schemas).toEqual({ s: { type: 'string' } });
  });

  it.each([
    ['required: true', 'a list of property names'],
    ['type: text', 'one of null, boolean, object, array, number, integer, string'],
    ['minLength: -1', 'a whole number from 0'],
    ["pattern: '('", 'a regular expression'],
    ['properties: []', 'an object of schemas'],
    ['items: 5', 'a schema'],
    ['allOf: []', 'a list of at least one schema'],
    ['enum: []', 'a list of at least one value'],
    ['multipleOf: 0', 'a number above 0'],
    ['exclusiveMaximum: yes', 'a number'],
  ])('without a keyword that cannot be as it is: %s', async (keyword, wanted) => {
    const text = `openapi: 3.1.0\n${HEAD}\npaths:\n  /a: { get: { parameters: [{ name: q, in: query, schema: { title: t, ${keyword} } }], responses: {} } }\n`;
    const { document, diagnostics } = await systemIn({ 'api.yaml': text });
    expect(diagnostics.map(({ code, fix }) => [code, fix])).toEqual([['OAS005', `Write ${wanted}.`]]);
    expect(document.operations[0]?.parameters[0]?.schema).toEqual({ title: 't' });
  });

  it('may be true or false, and nothing else that is no object', async () => {
    expect(await schemaIn('3.1.0', 'false')).toEqual({ schema: false, codes: [] });
    expect(await schemaIn('3.1.0', '5')).toEqual({ schema: true, codes: ['OAS005'] });
  });

  it('keeps properties of every name', async () => {
    const { schema } = await schemaIn(
      '3.1.0',
      '{ properties: { __proto__: { type: string }, constructor: {}, $ref: {} } }',
    );
    const properties = isObject(schema) ? own(schema, 'properties') : undefined;
    expect(Object.keys(properties as object)).toEqual(['__proto__', 'constructor', '$ref']);
  });
});

describe('an operation', () => {
  const text = `openapi: 3.1.0
${HEAD}
servers: [{ url: 'https://{region}.example.com', variables: { region: { default: eu, enum: [eu, us] } } }]
security: [{ key: [] }]
paths:
  /a/{id}:
    parameters:
      - { name: id, in: path, schema: { type: string } }
      - { name: X-Trace, in: header, schema: { type: string } }
      - { name: q, in: query, schema: { type: integer } }
    servers: [{ url: /v2 }]
    get:
      operationId: getA
      parameters:
        - { name: q, in: query, style: pipeDelimited, required: true, schema: { type: array } }
        - { name: x-trace, in: header, content: { application/json: { schema: { type: object } } } }
      responses:
        '2xx': { description: a, headers: { ETag: {} } }
        default: { description: b, content: { application/json: { example: 1 } } }
        x-odd: { description: c }
        '600': { description: d }
    post:
      operationId: postA
      security: []
      servers: [{ url: https://other.example.com }]
      requestBody: { $ref: '#/components/requestBodies/B' }
      responses: {}
  not-a-path: { get: { operationId: never } }
components:
  requestBodies: { B: { required: true, content: { application/json: { schema: { type: object } } } } }
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
`;

  it('has what its path and document say, unless it says otherwise', async () => {
    const { document, codes } = await systemIn({ 'api.yaml': text });
    expect(codes).toEqual([]);
    const [get, post] = document.operations;
    expect(document.operations.map(({ method, path }) => `${method} ${path}`)).toEqual(['get /a/{id}', 'post /a/{id}']);
    expect([get?.servers, post?.servers].map((servers) => servers?.[0]?.url)).toEqual([
      '/v2',
      'https://other.example.com',
    ]);
    expect([get?.security, post?.security]).toEqual([[{ key: [] }], []]);
    expect(document.servers).toEqual([
      { url: 'https://{region}.example.com', variables: { region: { default: 'eu', enum: ['eu', 'us'] } } },
    ]);
    expect(post?.requestBody).toMatchObject({ required: true, content: [{ contentType: 'application/json' }] });
  });

  it('replaces the parameters of its path by name and place; headers in any case', async () => {
    const { document } = await systemIn({ 'api.yaml': text });
    const shown = document.operations[0]?.parameters.map(
      (one) => `${one.in} ${one.name} ${one.style} ${one.explode} ${one.required}`,
    );
    expect(shown).toEqual([
      'path id simple false true',
      'header x-trace simple false false',
      'query q pipeDelimited false true',
    ]);
  });

  it('has answers of statuses and classes of them, and no others', async () => {
    const { document } = await systemIn({ 'api.yaml': text });
    expect(document.operations[0]?.responses.map(({ status, headers }) => [status, headers])).toEqual([
      ['2XX', [{ name: 'ETag' }]],
      ['default', []],
    ]);
  });

  it('of a document on the network is served there, if the server is relative', async () => {
    const files = memoryFiles({ 'https://x.example/apis/a.yaml': text });
    const { document } = await readOpenApi('https://x.example/apis/a.yaml', files);
    expect(document?.operations[0]?.servers[0]?.url).toBe('https://x.example/v2');
    const bare = await readOpenApi(
      'https://x.example/apis/a.yaml',
      memoryFiles({ 'https://x.example/apis/a.yaml': `openapi: 3.1.0\n${HEAD}\npaths: {}\n` }),
    );
    expect(bare.document?.servers).toEqual([{ url: 'https://x.example/', variables: {} }]);
  });

  it.each([
    ['a path that is a text', 'paths: { /a: { get: x } }', 'OAS008'],
    ['paths that are a list', 'paths: []', 'OAS008'],
    ['a parameter without a name', 'paths: { /a: { get: { parameters: [{ in: query }] } } }', 'OAS007'],
    ['a parameter without a place', 'paths: { /a: { get: { parameters: [{ name: q }] } } }', 'OAS007'],
    [
      'a parameter in a place that there is not',
      'paths: { /a: { get: { parameters: [{ name: q, in: body }] } } }',
      'OAS007',
    ],
    ['a parameter that is a text', 'paths: { /a: { get: { parameters: [q] } } }', 'OAS008'],
    ['a body that is a text', 'paths: { /a: { post: { requestBody: x } } }', 'OAS008'],
    [
      'a media type that is a text',
      'paths: { /a: { post: { requestBody: { content: { application/json: x } } } } }',
      'OAS008',
    ],
    ['an answer that is a text', "paths: { /a: { get: { responses: { '200': x } } } }", 'OAS008'],
    ['two operations of one id', 'paths: { /a: { get: { operationId: x }, put: { operationId: x } } }', 'OAS006'],
    ['a credential that is not defined', 'paths: { /a: { get: { security: [{ key: [] }] } } }', 'OAS010'],
    ['a credential of no type', 'components: { securitySchemes: { key: {} } }', 'OAS009'],
    ['a credential that leads to nothing', "components: { securitySchemes: { key: { $ref: '#/x' } } }", 'OAS009'],
    ['a method in the wrong place', 'paths: { /a: { additionalOperations: { POST: {} } } }', 'OAS012'],
  ])('is read as far as it can be, with %s', async (_, rest, code) => {
    expect((await systemIn({ 'api.yaml': `openapi: 3.1.0\n${HEAD}\n${rest}\n` })).codes).toEqual([code]);
  });
});
