/**
 * Documents with bytes changed at random (seeded): the reader never throws, and always gives a model or an error that says
 * why not, at a place inside the document. So do the renderers, who have to show such places.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJson } from '../../../lib/diagnostics/render-json.ts';
import { renderText } from '../../../lib/diagnostics/render-text.ts';
import type { Diagnostic, PositionedDocument } from '../../../lib/model/diagnostic.ts';
import { decodedText } from '../../../lib/read/decoded-text.ts';
import { readDescription } from '../../../lib/read/description.ts';
import type { FileSource } from '../../../lib/read/file-source.ts';
import { readOpenApi } from '../../../lib/read/openapi.ts';
import { type Edit, editedBytes, edits } from '../../support/edited-texts.ts';

const ARAZZO = `arazzo: 1.1.0
info: { title: "Über \\u00e9", version: 1.0.0 }
sourceDescriptions:
  - { name: shop, url: ./shop.yaml, type: openapi }
  - { name: old, url: old.json }
workflows:
  - workflowId: order
    inputs: { $ref: '#/components/inputs/order' }
    steps:
      - stepId: find
        operationId: $sourceDescriptions.shop.getOrder
        parameters:
          - { name: id, in: path, value: $inputs.id }
          - reference: $components.parameters.trace
        successCriteria:
          - condition: $statusCode == 200
          - { context: $response.body, type: jsonpath, condition: '$[?@.total > 10]' }
        onFailure: [{ name: again, type: retry, retryAfter: 1.5, retryLimit: 3 }]
        outputs:
          total: $response.body#/total
      - stepId: place
        operationPath: '{$sourceDescriptions.old.url}#/paths/~1orders/post'
        requestBody:
          contentType: application/json
          payload: |
            { "total": "{$steps.find.outputs.total}" }
        x-interlock: { timeouts: [10s], idempotency: { header: Idempotency-Key } }
components:
  inputs:
    order: &order { type: object, required: [id], properties: { id: { type: string } } }
    again: *order
  parameters:
    trace: { name: X-Trace, in: header, value: x }
`;

const SHOP = `openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
servers: [{ url: 'https://{region}.example.com', variables: { region: { default: eu } } }]
paths:
  /orders/{id}:
    parameters: [{ $ref: '#/components/parameters/Id' }]
    get:
      operationId: getOrder
      security: [{ key: [] }]
      responses:
        '200':
          description: >-
            The order,
            as it is.
          content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } }
components:
  parameters: { Id: { name: id, in: path, required: true, schema: { type: string } } }
  schemas:
    Order:
      type: object
      properties:
        total: { type: number, exclusiveMinimum: 0 }
        parent: { $ref: '#/components/schemas/Order' }
        lines: { type: array, items: { $ref: 'shop.yaml#/components/schemas/Line' } }
    Line: { allOf: [{ $ref: '#/components/schemas/Order' }], minLength: 1 }
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
`;

const OLD = JSON.stringify(
  {
    swagger: '2.0',
    info: { title: 'Old', version: '1' },
    host: 'old.example.com',
    consumes: ['application/json'],
    parameters: { Page: { name: 'page', in: 'query', type: 'integer' } },
    paths: {
      '/orders': {
        post: {
          operationId: 'placeOrder',
          parameters: [
            { $ref: '#/parameters/Page' },
            { name: 'order', in: 'body', schema: { $ref: '#/definitions/Order' } },
          ],
          responses: { 201: { description: 'Placed 😀', schema: { type: 'object' } } },
        },
      },
    },
    definitions: {
      Order: { type: 'object', properties: { total: { type: 'number', minimum: 0, exclusiveMinimum: true } } },
    },
    securityDefinitions: { login: { type: 'basic' } },
  },
  null,
  2,
);

const texts: { readonly [uri: string]: string } = {
  'w.yaml': ARAZZO,
  'shop.yaml': SHOP,
  'old.json': OLD,
};

/** The three documents, one of them with its bytes changed. */
function filesWith(target: string, bytes: Uint8Array): FileSource {
  return {
    read: async (uri) => {
      if (uri === target) return decodedText(bytes);
      return uri in texts ? { text: texts[uri] ?? '' } : { problem: 'not-found' };
    },
  };
}

const mutations = fc.record({ target: fc.constantFrom(...Object.keys(texts)), list: edits });

function changed(target: string, list: readonly Edit[]): FileSource {
  return filesWith(target, editedBytes(Buffer.from(texts[target] ?? ''), list));
}

describe('a document with changed bytes', () => {
  it('is read, or told why not, as a part of a description', async () => {
    let described = 0;
    await fc.assert(
      fc.asyncProperty(mutations, async ({ target, list }) => {
        const { description, diagnostics, documents } = await readDescription('w.yaml', changed(target, list));
        if (description) described += 1;
        else expect(diagnostics.map(({ severity }) => severity)).toContain('error');
        expectShown(diagnostics, documents);
      }),
      { seed: 4711, numRuns: 250 },
    );
    // Were all documents broken, nothing behind the parsers would be tried.
    expect(described).toBeGreaterThan(50);
  });

  it.each(['shop.yaml', 'old.json'])('is read, or told why not, as a system: %s', async (target) => {
    await fc.assert(
      fc.asyncProperty(edits, async (list) => {
        const { document, diagnostics, documents } = await readOpenApi(target, changed(target, list));
        if (!document) expect(diagnostics.map(({ severity }) => severity)).toContain('error');
        expectShown(diagnostics, documents);
      }),
      { seed: 4712, numRuns: 150 },
    );
  });

  it('is read, or told why not, when it is cut off anywhere', async () => {
    for (const [target, text] of Object.entries(texts)) {
      const bytes = Buffer.from(text);
      for (let length = 0; length < bytes.length; length += 29) {
        const files = filesWith(target, bytes.subarray(0, length));
        const { description, diagnostics, documents } = await readDescription('w.yaml', files);
        if (!description) expect(diagnostics.map(({ severity }) => severity)).toContain('error');
        expectShown(diagnostics, documents);
      }
    }
  });
});

/** Every place lies inside its document, and every diagnostic can be shown to people and machines. */
function expectShown(diagnostics: readonly Diagnostic[], documents: ReadonlyMap<string, PositionedDocument>): void {
  for (const { place, notes } of diagnostics) {
    for (const one of [place, ...notes.map((note) => note.place)]) {
      const document = one && documents.get(one.document);
      if (!one || !document) continue;
      const [start, end] = document.locate(one);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(start).toBeLessThanOrEqual(document.text.length);
      expect(end).toBeGreaterThanOrEqual(start);
    }
  }
  expect(renderText(diagnostics, documents).length).toBeGreaterThanOrEqual(diagnostics.length);
  expect(toJson(diagnostics, documents)).toBeDefined();
}
