/** Where `$ref` leads: across files, by pointer, anchor and name, in circles, and to nothing. */
import { describe, expect, it } from 'vitest';
import { isObject, type Json, own } from '../../../lib/model/json.ts';
import type { ReadSystem } from '../../support/reading.ts';
import { systemIn } from '../../support/reading.ts';

/** An API whose one operation answers with the schema of a reference. */
function answering(reference: string, rest: string = '', version: string = '3.1.0'): string {
  return `openapi: ${version}
info: { title: Shop, version: '1' }
paths:
  /orders:
    get:
      operationId: listOrders
      responses: { '200': { description: x, content: { application/json: { schema: { $ref: '${reference}' } } } } }
${rest}`;
}

/** The schema of the answer, with the one reference in it followed. */
function answered({ document }: ReadSystem): Json | undefined {
  const schema = document.operations[0]?.responses[0]?.content[0]?.schema;
  const reference = isObject(schema) ? own(schema, '$ref') : undefined;
  if (typeof reference !== 'string') return schema;
  return document.schemas[reference.replace('#/$defs/', '')];
}

const TEXT = '{ type: string }';

describe('a reference leads', () => {
  it.each([
    ['into its own document', '#/components/schemas/A', `components: { schemas: { A: ${TEXT} } }`],
    [
      'through an escaped slash and tilde',
      '#/components/schemas/a~1b~0c',
      `components: { schemas: { a/b~c: ${TEXT} } }`,
    ],
    [
      'through an escaped tilde before a digit',
      '#/components/schemas/a~01',
      `components: { schemas: { a~1: ${TEXT} } }`,
    ],
    ['through a percent escape', '#/components/schemas/%C3%BC%7B', `components: { schemas: { 'ü{': ${TEXT} } }`],
    ['through a name of blanks', '#/components/schemas/my order', `components: { schemas: { my order: ${TEXT} } }`],
    ['through an empty name', '#/x-s/', `x-s: { '': ${TEXT} }`],
    ['into a list', '#/x-list/1', `x-list: [1, ${TEXT}]`],
    ['into a path', '#/paths/~1a~1{id}/x-s', `  /a/{id}: { x-s: ${TEXT} }`],
    ['over other references', '#/x-a', `x-a: { $ref: '#/x-b' }\nx-b: { $ref: '#/x-c' }\nx-c: ${TEXT}`],
    [
      'through a reference on the way',
      '#/x-a/properties/b',
      `x-a: { $ref: '#/x-b' }\nx-b: { properties: { b: ${TEXT} } }`,
    ],
    ['to an anchor', '#here', `components: { schemas: { A: { $anchor: here, type: string } } }`],
    [
      'to a schema by its name',
      'https://x.example/s',
      `components: { schemas: { A: { $id: 'https://x.example/s', type: string } } }`,
    ],
    [
      'into a schema by its name',
      'https://x.example/s#/$defs/t',
      `x-s: { $id: 'https://x.example/s', $defs: { t: ${TEXT} } }`,
    ],
  ])('%s', async (_, reference, rest) => {
    const read = await systemIn({ 'api.yaml': answering(reference, rest) });
    expect(read.codes).toEqual([]);
    expect(leaf(read)).toMatchObject({ type: 'string' });
  });

  it.each([
    ['to the whole of another file', 's.yaml', { 's.yaml': TEXT }],
    ['into another file', './s/a.yaml#/x', { 's/a.yaml': `x: ${TEXT}` }],
    ['into JSON', 's.json#/x', { 's.json': '{"x": {"type": "string"}}' }],
    ['to an anchor of another file', 's.yaml#here', { 's.yaml': '$defs: { a: { $anchor: here, type: string } }' }],
    ['on from another file, from where that lies', 'a/s.yaml', { 'a/s.yaml': "$ref: '../b/t.yaml'", 'b/t.yaml': TEXT }],
    ['back into the first file', 's.yaml', { 's.yaml': "$ref: 'api.yaml#/components/schemas/A'" }],
    ['through a name with a blank', 'my%20s.yaml', { 'my s.yaml': TEXT }],
    [
      'over an `$id` that is a URL, from where the file lies',
      's.yaml',
      { 's.yaml': "$id: 'https://x.example/s'\n$ref: 't.yaml'", 't.yaml': TEXT },
    ],
  ])('%s', async (_, reference, files) => {
    const rest = `components: { schemas: { A: ${TEXT} } }`;
    const read = await systemIn({ 'api.yaml': answering(reference, rest), ...files });
    expect(read.codes).toEqual([]);
    expect(leaf(read)).toMatchObject({ type: 'string' });
  });
});

describe('a reference that leads to nothing', () => {
  it.each([
    [
      'a name that is not there',
      '#/components/schemas/Ordr',
      'In "api.yaml" there is no "Ordr" under "/components/schemas".',
    ],
    ['a section that is not there', '#/definitions/Order', 'In "api.yaml" there is no "definitions" under "/".'],
    [
      'a name of every object',
      '#/components/schemas/toString',
      'In "api.yaml" there is no "toString" under "/components/schemas".',
    ],
    ['beyond a list', '#/x-list/2', 'In "api.yaml" there is no "2" under "/x-list".'],
    ['a list’s length', '#/x-list/length', 'In "api.yaml" there is no "length" under "/x-list".'],
    ['an index with a zero before it', '#/x-list/01', 'In "api.yaml" there is no "01" under "/x-list".'],
    ['into a text', '#/openapi/0', 'In "api.yaml" there is no "0" under "/openapi".'],
    ['an anchor', '#there', 'Nothing in "api.yaml" has the anchor "there".'],
    ['a file', 'gone.yaml#/x', 'The document "gone.yaml" is not there.'],
    ['the network', 'https://x.example/s', 'The document "https://x.example/s" is on the network.'],
    ['a text', '#/openapi', 'What it leads to is not a schema.'],
    ['a broken file', 'broken.yaml', 'The document "broken.yaml" has errors of its own.'],
    ['itself', '#/components/schemas/Self', 'It leads back to itself, over nothing but references.'],
  ])('is told with its reason: %s', async (_, reference, reason) => {
    const rest =
      "components: { schemas: { Order: { type: object }, Self: { $ref: '#/components/schemas/Self' } } }\nx-list: [1, 2]";
    const files = { 'api.yaml': answering(reference, rest, '3.0.3'), 'broken.yaml': 'a: [\n' };
    const { diagnostics } = await systemIn(files);
    const told = diagnostics.filter(({ code }) => code !== 'DOC010');
    expect(told.map(({ code }) => code)).toEqual([reason.startsWith('It leads back') ? 'OAS004' : 'OAS002']);
    if (told[0]?.code === 'OAS002') expect(told[0].notes.map(({ text }) => text)).toContain(reason);
  });

  it('lets everything pass: it never makes a schema stricter', async () => {
    const read = await systemIn({ 'api.yaml': answering('#/components/schemas/Ordr') });
    expect(read.document.operations[0]?.responses[0]?.content[0]?.schema).toEqual({});
  });

  it('is nobody’s concern in an example', async () => {
    const rest = "components: { schemas: { A: { type: object, example: { $ref: 'gone.yaml' } } } }";
    expect((await systemIn({ 'api.yaml': answering('#/components/schemas/A', rest) })).codes).toEqual([]);
  });
});

describe('references in a circle', () => {
  it('are kept where a value contains values of its own kind', async () => {
    const rest = `components:
  schemas:
    Node: { type: object, properties: { children: { type: array, items: { $ref: '#/components/schemas/Node' } } } }`;
    const read = await systemIn({ 'api.yaml': answering('#/components/schemas/Node', rest) });
    expect(read.codes).toEqual([]);
    expect(answered(read)).toEqual({
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
    });
  });

  it('are cut where a schema applies itself to the same value, over files too', async () => {
    const files = {
      'api.yaml': answering('a.yaml'),
      'a.yaml': "allOf: [{ $ref: 'b.yaml' }, { type: object }]",
      'b.yaml': "anyOf: [{ $ref: 'a.yaml' }]",
    };
    const read = await systemIn(files);
    expect(read.codes).toEqual(['OAS004']);
    expect(read.document.schemas).toEqual({
      a: { allOf: [{}, { type: 'object' }] },
      b: { anyOf: [{ $ref: '#/$defs/a' }] },
    });
  });

  it('come to an end between two files of nothing but references', async () => {
    const files = { 'api.yaml': answering('a.yaml'), 'a.yaml': "$ref: 'b.yaml'", 'b.yaml': "$ref: 'a.yaml'" };
    expect((await systemIn(files)).codes).toEqual(['OAS004']);
  });

  it('of path items, parameters and responses are told', async () => {
    const text = `openapi: 3.1.0
paths:
  /a: { $ref: '#/paths/~1a' }
  /b:
    get:
      parameters: [{ $ref: '#/components/parameters/P' }]
      responses: { '200': { $ref: '#/components/responses/R' } }
components:
  parameters: { P: { $ref: '#/components/parameters/P' } }
  responses: { R: { $ref: '#/components/responses/S' }, S: { $ref: '#/components/responses/R' } }`;
    expect((await systemIn({ 'api.yaml': text })).codes).toEqual(['OAS002', 'OAS002', 'OAS002']);
  });
});

/** What stands at the end of the answer's references. */
function leaf(read: ReadSystem): Json | undefined {
  let schema = answered(read);
  for (let hops = 0; hops < 10; hops++) {
    const reference: Json | undefined = isObject(schema) ? own(schema, '$ref') : undefined;
    if (typeof reference !== 'string') break;
    schema = read.document.schemas[reference.replace('#/$defs/', '')];
  }
  return schema;
}
