/** A description of one system and two reads in a folder, for tests of hosts that need something to run. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeSmallFlow(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'shop.openapi.yaml'), SHOP);
  writeFileSync(join(folder, 'flow.arazzo.yaml'), FLOW);
}

const SHOP = `openapi: 3.1.0
info:
  title: Shop
  version: 1.0.0
servers:
  - url: https://shop.example.com
paths:
  /items/{id}:
    get:
      operationId: getItem
      parameters:
        - name: id
          in: path
          required: true
          schema:
            type: string
      responses:
        '200':
          description: The item.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Item'
components:
  schemas:
    Item:
      type: object
      required: [id, next]
      properties:
        id:
          type: string
          example: a
        next:
          type: string
          example: b
`;

const FLOW = `arazzo: 1.1.0
info:
  title: Two reads
  version: 1.0.0
sourceDescriptions:
  - name: shop
    url: shop.openapi.yaml
    type: openapi
workflows:
  - workflowId: two-reads
    inputs:
      type: object
      properties:
        id:
          type: string
          example: a
    steps:
      - stepId: first
        operationId: getItem
        parameters:
          - name: id
            in: path
            value: $inputs.id
        outputs:
          next: $response.body#/next
      - stepId: second
        operationId: getItem
        parameters:
          - name: id
            in: path
            value: $steps.first.outputs.next
        outputs:
          id: $response.body#/id
    outputs:
      id: $steps.second.outputs.id
`;
