/** A system that can be undone: holds that are made, found, set and released, one operation that knows keys. */
export const STOCK: string = `
openapi: 3.1.0
info: { title: Stock, version: 1.0.0 }
servers: [{ url: https://stock.example.com }]
paths:
  /holds:
    get:
      operationId: find
      parameters: [{ name: key, in: query, schema: { type: string } }]
      responses: { '200': { description: Holds. } }
    post:
      operationId: hold
      responses: { '201': { description: Held. } }
    put:
      operationId: set
      responses: { '200': { description: Set. } }
  /holds/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    delete:
      operationId: release
      responses: { '204': { description: Released. } }
  /releases:
    post:
      operationId: order-release
      requestBody: { required: true, content: { application/json: { schema: { type: object } } } }
      responses: { '201': { description: Ordered. } }
  /keyed:
    post:
      operationId: keyed
      parameters: [{ name: idempotency-KEY, in: header, schema: { type: string } }]
      responses: { '201': { description: Done. } }
`;

/** How a step of a description with more sources than one names an operation of it. */
export const of = (operation: string): string => `operationId: $sourceDescriptions.stock.${operation}`;
