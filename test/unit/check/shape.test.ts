/** Our own reading of our own schemas, held against ajv's: the same verdict on every document that we can think of. */
import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ourSchemas } from '../../../lib/check/our-schemas.ts';
import { shapeFaults } from '../../../lib/check/shape.ts';
import { isObject, type Json, type JsonObject } from '../../../lib/model/json.ts';
import { arazzo10, arazzo11, environment, policies } from './sound-documents.ts';

const ajv = new Ajv2020.default({ strict: false, validateFormats: false });
for (const schema of ourSchemas.values()) ajv.addSchema(schema);

function ajvAccepts(schema: string, value: Json): boolean {
  const validate = ajv.getSchema(schema);
  if (!validate) throw new Error(`ajv does not know ${schema}`);
  return validate(value) as boolean;
}

function faultsOf(schema: string, value: Json): string[] {
  const place = { document: 'a', pointer: '' };
  return shapeFaults({ schemas: ourSchemas, schema, value, place })
    .filter(({ kind }) => kind !== 'deprecated')
    .map(({ kind, place }) => `${kind} ${place.pointer}`);
}

const sound: readonly (readonly [schema: string, value: Json])[] = [
  ['arazzo-1.0.schema.json', arazzo10],
  ['arazzo-1.1.schema.json', arazzo11],
  ['environment.schema.json', environment],
  ...Object.entries(policies).map(([owner, policy]) => [`x-interlock.schema.json#/$defs/${owner}`, policy] as const),
];

describe('the shape of a document', () => {
  it.each(sound)('is sound by %s', (schema, value) => {
    expect(faultsOf(schema, value)).toEqual([]);
    expect(ajvAccepts(schema, value)).toBe(true);
  });

  it.each(sound)('is judged as ajv judges it, by %s, whatever is changed', (schema, value) => {
    const places = placesIn(value);
    const change = fc.record({ place: fc.constantFrom(...places), by: changes });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (all) => {
        const changed = all.reduce((document, { place, by }) => changedAt(document, place, by), value);
        expect(faultsOf(schema, changed).length === 0, JSON.stringify(all)).toBe(ajvAccepts(schema, changed));
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('finds no more faults than anybody reads', () => {
    const workflows = Array.from({ length: 5_000 }, () => 1);
    expect(faultsOf('arazzo-1.1.schema.json', { workflows }).length).toBe(1_000);
  });

  it('is not confused by keys that objects have of their own', () => {
    const hostile = JSON.parse('{"systems": {"__proto__": {"server": 1}, "constructor": {"x": 1}}}') as Json;
    expect(faultsOf('environment.schema.json', hostile)).toEqual([
      'wrong-type /systems/__proto__/server',
      'unknown-key /systems/constructor/x',
    ]);
  });
});

/** Every keyword that the schemas use is one that shape.ts reads, or one that only describes. */
it('the schemas use no keyword that nobody reads', () => {
  const read = [
    '$ref',
    '$defs',
    'type',
    'enum',
    'const',
    'pattern',
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'items',
    'minItems',
    'maxItems',
    'uniqueItems',
    'properties',
    'patternProperties',
    'additionalProperties',
    'propertyNames',
    'required',
    'minProperties',
    'maxProperties',
    'allOf',
    'anyOf',
    'oneOf',
    'not',
    'if',
    'then',
    'else',
  ];
  const described = ['$schema', '$id', 'title', 'description', 'examples', 'deprecated'];
  const used = new Set([...ourSchemas.values()].flatMap(keywordsOf));
  expect([...used].filter((keyword) => !read.includes(keyword) && !described.includes(keyword))).toEqual([]);
});

it('the schemas use `oneOf`, `anyOf` and `not` only in the forms that shape.ts reads', () => {
  for (const schema of [...ourSchemas.values()].flatMap(schemasIn)) {
    for (const option of (schema.oneOf ?? []) as readonly JsonObject[])
      expect(Object.keys(option)).toEqual(['required']);
    if (schema.not !== undefined) expect(schema.not).toEqual({});
    if (schema.anyOf !== undefined) expect(Object.keys(schema)).toEqual(['anyOf']);
  }
});

type Change =
  | { readonly do: 'remove' }
  | { readonly do: 'put'; readonly value: Json }
  | { readonly do: 'rename'; readonly to: string };

const keys = [
  'workflowId',
  'stepId',
  'type',
  'in',
  'reference',
  'x-any',
  'retryAfter',
  'action',
  'parameters',
  'context',
];
const values: readonly Json[] = [
  null,
  true,
  -1,
  2.5,
  '',
  'retry',
  '5s',
  'simple',
  [],
  {},
  ['a', 'a'],
  { a: 1 },
  { type: 'jsonpath' },
];

const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>({ do: 'remove' }),
  fc.constantFrom(...values).map((value): Change => ({ do: 'put', value })),
  fc.constantFrom(...keys).map((to): Change => ({ do: 'rename', to })),
);

type Path = readonly string[];

function placesIn(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))];
}

function changedAt(value: Json, path: Path, change: Change): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change.do === 'put' ? change.value : value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const entries = Object.entries(value as JsonObject).flatMap(([name, member]): [string, Json][] => {
    if (name !== key) return [[name, member]];
    if (rest.length > 0) return [[name, changedAt(member, rest, change)]];
    if (change.do === 'remove') return [];
    return change.do === 'rename' ? [[change.to, member]] : [[name, change.value]];
  });
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

function keywordsOf(schema: Json): string[] {
  return schemasIn(schema).flatMap((one) => Object.keys(one));
}

/** The schema and those within it. */
function schemasIn(schema: Json | undefined): JsonObject[] {
  if (!isObject(schema)) return [];
  const { $defs, properties, patternProperties, allOf, anyOf, oneOf } = schema;
  const named = [$defs, properties, patternProperties].flatMap((all) => (isObject(all) ? Object.values(all) : []));
  const listed = [allOf, anyOf, oneOf].flatMap((all) => (Array.isArray(all) ? (all as readonly Json[]) : []));
  const single = [schema.items, schema.additionalProperties, schema.propertyNames, schema.if, schema.then, schema.else];
  return [schema, ...[...named, ...listed, ...single].flatMap((one) => schemasIn(one))];
}
