/** What is written of bodies against their schemas: payloads that are sent, members of answers that are read. */
import { describe, expect, it, test } from 'vitest';
import { parseValue } from '../../../lib/expressions/values.ts';
import { payloadFaults } from '../../../lib/check/payload-faults.ts';
import { membersOf } from '../../../lib/model/schema-members.ts';
import type { Json, JsonObject } from '../../../lib/model/json.ts';
import { foundIn } from '../../support/checking.ts';

const DEFINITIONS: JsonObject = {
  Base: {
    type: 'object',
    required: ['id', 'made'],
    properties: { id: { type: 'string' }, made: { type: 'string', readOnly: true } },
  },
  Order: {
    allOf: [
      { $ref: '#/$defs/Base' },
      {
        type: 'object',
        required: ['lines'],
        properties: { lines: { type: 'array', minItems: 1, items: { $ref: '#/$defs/Line' } } },
      },
    ],
  },
  Line: {
    type: 'object',
    required: ['sku'],
    properties: { sku: { type: 'string' }, count: { type: ['integer', 'null'] }, size: { enum: ['S', 'L'] } },
  },
  Circle: { allOf: [{ $ref: '#/$defs/Circle' }] },
  Tree: { type: 'object', properties: { left: { $ref: '#/$defs/Tree' }, name: { type: 'string' } } },
};

const ref = (name: string): Json => ({ $ref: `#/$defs/${name}` });

function faults(payload: Json, schema: Json, put: readonly string[] = []): readonly string[] {
  return payloadFaults(parseValue(payload), schema, { definitions: DEFINITIONS, put: new Set(put) }).map(
    ({ path, kind, ...facts }) => `${kind} /${path.join('/')} ${JSON.stringify(Object.values(facts))}`,
  );
}

describe('a payload as it is written', () => {
  test.each<readonly [string, Json, Json, readonly string[]]>([
    ['fits', { id: 'a', lines: [{ sku: 'b', count: 1 }] }, ref('Order'), []],
    ['fits whatever an expression gives', { id: '$inputs.id', lines: '$inputs.lines' }, ref('Order'), []],
    ['fits as one expression', '$inputs.order', ref('Order'), []],
    ['has text that is made of expressions', { id: 'o-{$inputs.id}', lines: '$inputs.lines' }, ref('Order'), []],
    [
      'leaves out what is required in a part, but not what the system gives',
      {},
      ref('Order'),
      ['missing / ["id"]', 'missing / ["lines"]'],
    ],
    ['misspells a name', { id: 'a', lnes: [] }, ref('Order'), ['misspelt /lnes ["lnes","lines"]']],
    [
      'has a name of its own, which an open schema allows',
      { id: 'a', lines: '$inputs.l', note: 'x' },
      ref('Order'),
      [],
    ],
    [
      'has constants of other types',
      { id: 5, lines: [{ sku: 'a', count: 'two' }] },
      ref('Order'),
      ['wrong-type /id [5,["string"]]', 'wrong-type /lines/0/count ["two",["integer","null"]]'],
    ],
    ['has null where it may', { sku: 'a', count: null }, ref('Line'), []],
    [
      'has a constant that is not in the list',
      { sku: 'a', size: 'M' },
      ref('Line'),
      ['not-allowed /size ["M",["S","L"]]'],
    ],
    ['is a list where an object belongs', [], ref('Line'), ['wrong-type / [[],["object"]]']],
    ['has too few elements', { id: 'a', lines: [] }, ref('Order'), ['too-few /lines [1]']],
    [
      'is not judged by alternatives',
      { a: 1 },
      { oneOf: [{ type: 'object', required: ['b'] }, { type: 'object' }] },
      [],
    ],
    ['is not judged by a schema that leads nowhere', { a: 1 }, ref('Nowhere'), []],
    ['is not judged by a schema that applies itself', { a: 1 }, ref('Circle'), []],
    ['is not judged by what is no schema', { a: 1 }, 'text', []],
    [
      'has names that objects are born with',
      JSON.parse('{"__proto__": 1, "constructor": 2, "sku": "a"}') as Json,
      ref('Line'),
      [],
    ],
  ])('%s', (_, payload, schema, found) => {
    expect(faults(payload, schema)).toEqual(found);
  });

  it('counts as given what is put in before it is sent', () => {
    expect(faults({ id: 'a' }, ref('Order'), ['/lines'])).toEqual([]);
  });
});

describe('the members of an object', () => {
  test.each<readonly [string, Json, readonly string[] | undefined]>([
    ['of all parts', ref('Order'), ['id', 'made', 'lines']],
    ['of alternatives', { oneOf: [ref('Line'), { properties: { other: {} } }] }, ['sku', 'count', 'size', 'other']],
    ['none at all', { additionalProperties: false }, []],
    ['open where nothing is said', { type: 'object' }, undefined],
    ['open where an alternative is', { anyOf: [ref('Line'), {}] }, undefined],
    ['open by so many words', { properties: { a: {} }, additionalProperties: true }, undefined],
    ['open by a pattern', { properties: { a: {} }, patternProperties: { '^x': {} } }, undefined],
    ['open where a reference leads nowhere', { properties: { a: {} }, allOf: [ref('Nowhere')] }, undefined],
  ])('are told: %s', (_, schema, names) => {
    const members = membersOf(schema, DEFINITIONS);
    expect(members && [...members.keys()]).toEqual(names);
  });
});

const depot = (answers: string): string => `
openapi: 3.1.0
info: { title: Depot, version: 1.0.0 }
paths:
  /stock:
    get: { operationId: stock, responses: ${answers} }
    put:
      operationId: fill
      requestBody: { content: { application/json: { schema: { type: object, required: [sku, key], properties: { sku: { type: string }, key: {} } } } } }
      responses: { '200': { description: Filled. } }
components:
  schemas:
    Stock: { type: object, properties: { items: { type: array, items: { type: object, properties: { sku: {}, left: { type: integer } } } } } }
`;
const json = (schema: string): string => `{ description: It., content: { application/json: { schema: ${schema} } } }`;
const STOCK = json("{ $ref: '#/components/schemas/Stock' }");
const look = (rest: string): string => `- { stepId: look, operationId: $sourceDescriptions.depot.stock, ${rest} }`;

async function said(steps: string, answers = `{ '200': ${STOCK} }`): Promise<readonly string[]> {
  const lines = await foundIn(steps, { sources: { depot: depot(answers) } });
  return lines.filter((line) => /ARZ11[67]/.test(line)).map((line) => line.split(' | ')[0] ?? '');
}

describe('a member of an answer', () => {
  it('is known through references, lists and dots', async () => {
    const outputs = `outputs: { a: $response.body#/items/0/sku, b: '$response.body.items[0].left', c: $response.body }`;
    expect(await said(look(outputs))).toEqual([]);
  });

  it('that no documented answer has is named, in outputs and in conditions', async () => {
    const rest = `successCriteria: [{ condition: $response.body#/items/0/lft > 0 }], outputs: { a: $response.body#/itms }`;
    expect(await said(look(rest))).toEqual([
      'warning ARZ116: "$response.body#/items/0/lft" reads "lft", which no documented answer of GET /stock has',
      'warning ARZ116: "$response.body#/itms" reads "itms", which no documented answer of GET /stock has',
    ]);
  });

  test.each([
    ['another answer has it', `{ '200': ${STOCK}, '404': ${json('{ type: object, properties: { itms: {} } }')} }`],
    ['another answer is open', `{ '200': ${STOCK}, '404': ${json('{ type: object }')} }`],
    [
      'another answer is of another type',
      `{ '200': ${STOCK}, '404': { description: No., content: { text/plain: {} } } }`,
    ],
    ['no answer has a body', `{ '200': { description: It. } }`],
  ])('is let be where %s', async (_, answers) => {
    expect(await said(look('outputs: { a: $response.body#/itms }'), answers)).toEqual([]);
  });

  it('is looked for in the last answer of what asks until a step is done: by its criteria and by the actions then', async () => {
    const poll = `poll: { operationId: $sourceDescriptions.depot.stock, until: [{ condition: $response.body#/items/0/lft == 0 }] }`;
    const leave = `onSuccess: [{ name: full, type: end, criteria: [{ condition: $response.body#/items/0/left == 0 && $response.body#/itms == null }] }]`;
    const answers = `{ '200': ${STOCK} }`;
    const fill = `- { stepId: fill, operationId: $sourceDescriptions.depot.stock, ${leave}, x-interlock: { ${poll} } }`;
    expect(await said(fill, answers)).toEqual([
      'warning ARZ116: "$response.body#/itms" reads "itms", which no documented answer of GET /stock has',
      'warning ARZ116: "$response.body#/items/0/lft" reads "lft", which no documented answer of GET /stock has',
    ]);
    const began = fill
      .replace('depot.stock', 'depot.fill')
      .replace(', onSuccess', ', requestBody: { payload: { sku: a, key: 1 } }, onSuccess');
    expect(await said(began, answers)).toHaveLength(2);
  });

  it('is looked for in what a probe is judged by, too', async () => {
    const probe =
      'probe: { operationId: $sourceDescriptions.depot.stock, applied: [{ condition: $response.body#/itms != null }] }';
    const fill = `- { stepId: fill, operationId: $sourceDescriptions.depot.fill, requestBody: { payload: $inputs.x }, x-interlock: { ${probe} } }`;
    expect(await said(fill)).toEqual([
      'warning ARZ116: "$response.body#/itms" reads "itms", which no documented answer of GET /stock has',
    ]);
  });
});

describe('a payload of a step', () => {
  const fill = (body: string, policy = ''): string =>
    `- { stepId: fill, operationId: $sourceDescriptions.depot.fill, requestBody: { ${body} }${policy} }`;

  test.each([
    [
      'what it leaves out',
      fill('payload: { sku: a }'),
      ['The payload of step "fill" has no "key", which PUT /stock requires'],
    ],
    ['not what a replacement puts in', fill('payload: { sku: a }, replacements: [{ target: /key, value: 1 }]'), []],
    [
      'not what carries the key of a repeat',
      fill('payload: { sku: a }', ', x-interlock: { idempotency: { field: /key } }'),
      [],
    ],
    [
      'nothing where a replacement cannot be placed',
      fill('payload: { sku: a }, replacements: [{ target: $.key, targetSelectorType: jsonpath, value: 1 }]'),
      [],
    ],
    ['nothing of another type than JSON', fill('contentType: application/xml, payload: { sku: a }'), []],
  ])('is told %s', async (_, step, sentences) => {
    expect(await said(step)).toEqual(sentences.map((sentence) => `warning ARZ117: ${sentence}`));
  });
});
