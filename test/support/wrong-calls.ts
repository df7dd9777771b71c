/**
 * From the document of an API what its operations have to refuse: for every rule of every parameter and of every member of
 * a body a request that breaks it and nothing else. A rule that is added to the document is tested from then on.
 */
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';
import type { Call, Operation, ParameterOf } from './api-client.ts';

export interface WrongCall {
  readonly says: string;
  readonly call: Call;
  /** Where the problem must point. */
  readonly pointer: string;
}

/** `right`: a call that breaks nothing. */
export function wrongCalls(operation: Operation, right: Call): readonly WrongCall[] {
  return [
    ...operation.parameters.flatMap((parameter) => wrongParameter(parameter, right)),
    ...wrongNames(operation, right),
    ...wrongBodies(operation, right),
  ];
}

function wrongParameter({ name, in: place, schema }: ParameterOf, right: Call): readonly WrongCall[] {
  return wrongTexts(schema)
    .filter((text) => place !== 'path' || text !== '')
    .map((text) => ({
      says: `${place} ${name} = ${text.slice(0, 30)}`,
      call: withParameter(right, { place, name, text }),
      pointer: `/${place}/${name}`,
    }));
}

function withParameter(
  right: Call,
  { place, name, text }: { readonly place: string; readonly name: string; readonly text: string },
): Call {
  if (place === 'path') return { ...right, path: { ...right.path, [name]: text } };
  if (place === 'query') return { ...right, query: `${encodeURIComponent(name)}=${encodeURIComponent(text)}` };
  return { ...right, headers: { ...right.headers, [name.toLowerCase()]: text } };
}

/** Everything in a parameter is text. */
function wrongTexts(schema: JsonObject): readonly string[] {
  switch (schema['type']) {
    case 'integer':
      return [
        'abc',
        '1.5',
        '',
        ...(typeof schema['minimum'] === 'number' ? [String(schema['minimum'] - 1)] : []),
        ...(typeof schema['maximum'] === 'number' ? [String(schema['maximum'] + 1), '99999999999'] : []),
      ];
    case 'boolean':
      return ['yes', '1', ''];
    case 'array':
      return wrongTexts(schema['items'] as JsonObject);
    default:
      return [
        ...(typeof schema['maxLength'] === 'number' ? ['x'.repeat(schema['maxLength'] + 1)] : []),
        ...(typeof schema['pattern'] === 'string' ? unmatched(schema['pattern']) : []),
        ...(Array.isArray(schema['enum']) ? ['none-of-these'] : []),
      ];
  }
}

function unmatched(pattern: string): readonly string[] {
  return ['a b', '$', 'x'.repeat(300)].filter((text) => !new RegExp(pattern).test(text));
}

/** Names that the operation does not have, and one given twice. */
function wrongNames({ parameters }: Operation, right: Call): readonly WrongCall[] {
  const single = parameters.find(({ in: place, schema }) => place === 'query' && schema['type'] === 'integer');
  return [
    { says: 'an unknown query parameter', call: { ...right, query: 'lmit=1' }, pointer: '/query' },
    ...(single
      ? [
          {
            says: `${single.name} twice`,
            call: { ...right, query: `${single.name}=1&${single.name}=2` },
            pointer: `/query/${single.name}`,
          },
        ]
      : []),
  ];
}

function wrongBodies({ body, takesAny }: Operation, right: Call): readonly WrongCall[] {
  if (!body) return takesAny ? [] : [{ says: 'a body', call: { ...right, body: {} }, pointer: '/body' }];
  const { properties = {}, required = [] } = body.schema;
  const whole = isObject(right.body) ? right.body : {};
  const bodies: readonly (readonly [says: string, body: Json, pointer: string])[] = [
    ['a list as body', [], '/body'],
    ['a text as body', 'text', '/body'],
    ['null as body', null, '/body'],
    ['an unknown member', { ...whole, nte: 1 }, '/body'],
    ...(required as readonly string[]).map((name) => {
      const { [name]: _left, ...rest } = whole;
      return [`no ${name}`, rest, '/body'] as const;
    }),
    ...Object.entries(properties as JsonObject).flatMap(([name, schema]) =>
      wrongValues(schema as JsonObject).map(
        (value) =>
          [`${name} = ${JSON.stringify(value).slice(0, 30)}`, { ...whole, [name]: value }, `/body/${name}`] as const,
      ),
    ),
  ];
  const absent = body.required ? [{ says: 'no body', call: { ...right, body: undefined }, pointer: '/body' }] : [];
  const wrong = bodies.map(([says, value, pointer]) => ({ says, call: { ...right, body: value }, pointer }));
  return [...wrong, ...absent.map(({ call: { body: _none, ...call }, ...one }) => ({ ...one, call }))];
}

function wrongValues(schema: JsonObject): readonly Json[] {
  if (Array.isArray(schema['enum'])) return ['none-of-these', 1, null];
  switch (schema['type']) {
    case 'string':
      return [
        1,
        null,
        ['x'],
        '',
        ...(typeof schema['maxLength'] === 'number' ? ['x'.repeat(schema['maxLength'] + 1)] : []),
      ];
    case 'integer':
      return ['1', 1.5, null, ...(typeof schema['minimum'] === 'number' ? [schema['minimum'] - 1] : [])];
    default:
      return [];
  }
}
