/** Swagger 2.0 documents are read as the OpenAPI 3.0 documents that say the same. */
import { describe, expect, it } from 'vitest';
import { readOpenApi } from '../../../lib/read/openapi.ts';
import { memoryFiles } from '../../support/memory-files.ts';

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
});
