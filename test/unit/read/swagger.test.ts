/** Swagger 2.0 documents are read as the OpenAPI 3.0 documents that say the same. */
import { describe, expect, it } from 'vitest';
import { readOpenApi } from '../../../lib/read/openapi.ts';
import { memoryFiles } from '../../support/memory-files.ts';
import { systemIn } from '../../support/reading.ts';

const SWAGGER = `swagger: '2.0'
info: { title: Pets, version: 1.0.0 }
host: pets.example.com
basePath: /v2/
schemes: [https]
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  login: { type: basic }
  client: { type: oauth2, flow: application, tokenUrl: https://pets.example.com/token, scopes: {} }
parameters:
  Tag: { name: tag, in: query, type: array, items: { type: string }, collectionFormat: multi }
paths:
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, type: integer }]
    post:
      operationId: savePet
      security: [{ login: [] }]
      parameters:
        - $ref: '#/parameters/Tag'
        - { name: pet, in: body, required: true, schema: { $ref: '#/definitions/Pet' } }
      responses:
        200: { description: Saved, schema: { $ref: '#/definitions/Pet' } }
  /pets/{id}/photo:
    post:
      operationId: uploadPhoto
      parameters:
        - { name: id, in: path, required: true, type: integer }
        - { name: file, in: formData, required: true, type: file }
      responses:
        204: { description: Kept }
definitions:
  Pet: { type: object, required: [name], properties: { name: { type: string } } }
`;

describe('a Swagger 2.0 document', () => {
  it('keeps its operations, with bodies, types and answers where OpenAPI has them', async () => {
    const { document, diagnostics } = await readOpenApi('pets.yaml', memoryFiles({ 'pets.yaml': SWAGGER }));
    expect(diagnostics).toEqual([]);
    expect(document?.servers).toEqual([{ url: 'https://pets.example.com/v2', variables: {} }]);
    const [save, upload] = document?.operations ?? [];
    expect(save).toMatchObject({
      method: 'post',
      path: '/pets/{id}',
      operationId: 'savePet',
      security: [{ login: [] }],
    });
    expect(
      save?.parameters.map(({ name, in: place, required, style, explode }) => ({
        name,
        place,
        required,
        style,
        explode,
      })),
    ).toEqual([
      { name: 'id', place: 'path', required: true, style: 'simple', explode: false },
      { name: 'tag', place: 'query', required: false, style: 'form', explode: true },
    ]);
    expect(save?.requestBody).toMatchObject({ required: true, content: [{ contentType: 'application/json' }] });
    expect(save?.responses[0]?.content[0]?.schema).toEqual(save?.requestBody?.content[0]?.schema);
    expect(upload?.requestBody?.content.map(({ contentType }) => contentType)).toEqual(['multipart/form-data']);
  });

  it('keeps what its security definitions want', async () => {
    const { document } = await readOpenApi('pets.yaml', memoryFiles({ 'pets.yaml': SWAGGER }));
    expect(document?.securitySchemes.get('login')).toEqual({ type: 'http', scheme: 'basic' });
    expect(document?.securitySchemes.get('client')).toMatchObject({
      type: 'oauth2',
      flows: { clientCredentials: { tokenUrl: 'https://pets.example.com/token' } },
    });
  });

  it('fails with a code where its version is none that exists', async () => {
    const { diagnostics } = await readOpenApi(
      'pets.yaml',
      memoryFiles({ 'pets.yaml': SWAGGER.replace("'2.0'", "'1.2'") }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['OAS001']);
  });

  it('refers to definitions of its own, of another document, and of a file of nothing else', async () => {
    const files = {
      'api.yaml': swagger(`
definitions: { Own: { type: string } }
paths:
  /a:
    get:
      responses:
        200: { description: x, schema: { type: object, properties: { own: { $ref: '#/definitions/Own' }, other: { $ref: 'other.yaml#/definitions/Other' }, part: { $ref: 'parts.yaml#/definitions/Part' } } } }`),
      'other.yaml': swagger(
        "definitions: { Other: { allOf: [{ $ref: '#/definitions/Base' }] }, Base: { type: object } }",
      ),
      'parts.yaml':
        "definitions: { Part: { type: array, items: { $ref: '#/definitions/Item' } }, Item: { type: integer } }",
    };
    const { document, codes } = await systemIn(files);
    expect(codes).toEqual([]);
    expect(document.schemas).toEqual({
      Own: { type: 'string' },
      Other: { allOf: [{ $ref: '#/$defs/Base' }] },
      Base: { type: 'object' },
      Part: { type: 'array', items: { $ref: '#/$defs/Item' } },
      Item: { type: 'integer' },
    });
  });

  it('shares parameters and answers, its own and those of another document', async () => {
    const files = {
      'api.yaml': swagger(`
parameters: { a/b: { name: body, in: body, schema: { type: string } } }
responses: { Gone: { description: Gone, schema: { type: object } } }
paths:
  /a:
    parameters: [{ $ref: '#/parameters/a~1b' }, { $ref: 'other.yaml#/parameters/Page' }]
    put: { responses: { 404: { $ref: '#/responses/Gone' }, 409: { $ref: 'other.yaml#/responses/Busy' } } }`),
      'other.yaml': swagger(`
parameters: { Page: { name: page, in: query, type: integer, minimum: 1 } }
responses: { Busy: { description: Busy, schema: { type: string } } }`),
    };
    const { document, codes } = await systemIn(files);
    expect(codes).toEqual([]);
    const [put] = document.operations;
    expect(put?.requestBody?.content).toEqual([{ contentType: 'application/json', schema: { type: 'string' } }]);
    expect(put?.parameters.map(({ name, schema }) => ({ name, schema }))).toEqual([
      { name: 'page', schema: { type: 'integer', minimum: 1 } },
    ]);
    expect(put?.responses.map(({ status, content }) => [status, content[0]?.schema])).toEqual([
      ['404', { type: 'object' }],
      ['409', { type: 'string' }],
    ]);
  });

  it('lets an operation replace the parameters of its path', async () => {
    const { document } = await systemIn({
      'api.yaml': swagger(`
paths:
  /a:
    parameters: [{ name: q, in: query, type: string }, { name: h, in: header, type: string }]
    get: { parameters: [{ name: q, in: query, type: integer, required: true }], responses: {} }`),
    });
    const shown = document.operations[0]?.parameters.map((one) => [one.name, one.required, one.schema]);
    expect(shown).toEqual([
      ['h', false, { type: 'string' }],
      ['q', true, { type: 'integer' }],
    ]);
  });

  it('answers with files and with examples by type', async () => {
    const { document, codes } = await systemIn({
      'api.yaml': swagger(`
produces: [application/pdf, application/json]
paths:
  /a: { get: { responses: { 200: { description: x, schema: { type: file }, examples: { application/json: { a: 1 } } } } } }`),
    });
    expect(codes).toEqual([]);
    expect(document.operations[0]?.responses[0]?.content).toEqual([
      { contentType: 'application/pdf', schema: { type: 'string', format: 'binary' } },
      { contentType: 'application/json', schema: { type: 'string', format: 'binary' }, example: { a: 1 } },
    ]);
  });

  it('is served where it says, or where it lies', async () => {
    const served = async (rest: string): Promise<string | undefined> =>
      (await systemIn({ 'api.yaml': swagger(rest) })).document.servers[0]?.url;
    expect(await served('host: x.example:8080')).toBe('https://x.example:8080');
    expect(await served('host: x.example\nschemes: [http, https]\nbasePath: /')).toBe('http://x.example');
    expect(await served('basePath: /v1/')).toBe('/v1');
    expect(await served('')).toBe('/');
  });

  it.each([
    [
      'types of its members wrong',
      'paths: { /a: { get: { parameters: x, responses: [] } } }\nparameters: 1\ndefinitions: []',
    ],
    ['nothing where objects belong', 'paths:\nhost: 1\nschemes: {}\nsecurityDefinitions: { a: }'],
    [
      'names that are none',
      'paths: { /a: { post: { consumes: [form], parameters: [{ in: formData, name: [] }, { in: body }, 3] } } }',
    ],
  ])('is read as far as it can be, with %s', async (_, rest) => {
    const { document } = await systemIn({ 'api.yaml': swagger(rest) });
    expect(document.version).toBe('3.0');
  });
});

function swagger(rest: string): string {
  return `swagger: '2.0'\ninfo: { title: Pets, version: 1.0.0 }\n${rest}\n`;
}
