/**
 * A request held against the document of the API: its parameters and its body by the very schemas that stand there. What
 * the document does not name is refused, so that a misspelled option is never ignored; unknown headers are everybody's.
 */
import { assert } from '../model/assert.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { inputProblems } from '../runtime/input.ts';
import { apiDocument } from './document.ts';
import { type ApiRequest, type ApiResponse, JSON_TYPE, MOST_BODY_BYTES } from './message.ts';
import type { Called } from './ports.ts';
import { problem, type RequestProblem } from './problems.ts';
import type { Route } from './route.ts';

export type Checked =
  | { readonly kind: 'fits'; readonly called: Omit<Called, 'actor'> }
  | { readonly kind: 'refused'; readonly response: ApiResponse };

export async function checkRequest(
  request: ApiRequest,
  route: Route,
  path: { readonly [name: string]: string },
): Promise<Checked> {
  const operation = operationOf(route);
  const text = request.body ?? '';
  if (Buffer.byteLength(text) > MOST_BODY_BYTES) return refused(bodyTooLarge());
  const body = bodyOf(text, request, operation);
  if ('status' in body) return refused(body);
  const query = queryOf(request, operation);
  const problems = [
    ...(await parameterProblems('path', path, operation)),
    ...query.problems,
    ...(await parameterProblems('query', query.values, operation)),
    ...(await parameterProblems('header', headersOf(request, operation), operation)),
    ...(await bodyProblems(body.value, operation)),
  ];
  if (problems.length > 0) return refused(problem('request-invalid', sentenceOf(problems), { problems }));
  const { headers } = request;
  const value = isObject(body.value) ? body.value : {};
  return { kind: 'fits', called: { path, query: query.values, headers, body: value, text } };
}

export function bodyTooLarge(): ApiResponse {
  const detail = `A body has at most ${MOST_BODY_BYTES} bytes. Give large data by reference, such as a URL.`;
  return problem('body-too-large', detail);
}

function refused(response: ApiResponse): Checked {
  return { kind: 'refused', response };
}

/** What the first problem is: a person reads this before the list. */
function sentenceOf([first, ...more]: readonly RequestProblem[]): string {
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return first ? `${first.pointer} ${first.message}${others}` : '';
}

function operationOf({ path, method }: Route): JsonObject {
  const paths = apiDocument()['paths'];
  const item = isObject(paths) ? own(paths, path) : undefined;
  const operation = isObject(item) ? own(item, method.toLowerCase()) : undefined;
  assert(isObject(operation), `the document has ${method} ${path}`);
  return operation;
}

type ParameterObject = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: JsonObject;
};

function parametersOf(operation: JsonObject, place: string): readonly ParameterObject[] {
  // Made by document.ts in this shape.
  const all = (operation['parameters'] ?? []) as unknown as readonly ParameterObject[];
  return all.filter((parameter) => parameter.in === place);
}

/** As their schemas want them: everything in a query is text. */
function queryOf(
  { query }: ApiRequest,
  operation: JsonObject,
): { readonly values: JsonObject; readonly problems: readonly RequestProblem[] } {
  const known = new Map(parametersOf(operation, 'query').map((parameter) => [parameter.name, parameter.schema]));
  const names = [...new Set(query.map(([name]) => name))];
  const problems: RequestProblem[] = [];
  const values: [string, Json][] = [];
  for (const name of names) {
    const schema = known.get(name);
    const given = query.filter(([one]) => one === name).map(([, value]) => value);
    if (schema?.['type'] === 'array') values.push([name, given]);
    else if (given.length > 1) problems.push({ pointer: `/query/${escaped(name)}`, message: 'stands there twice' });
    else values.push([name, typed(given[0] ?? '', schema)]);
  }
  return { values: Object.fromEntries(values), problems };
}

function typed(text: string, schema: JsonObject | undefined): Json {
  if (schema?.['type'] === 'integer' && /^-?\d{1,9}$/.test(text)) return Number(text);
  if (schema?.['type'] === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function headersOf({ headers }: ApiRequest, operation: JsonObject): JsonObject {
  const given = parametersOf(operation, 'header').flatMap(({ name }) => {
    const value = headers.get(name.toLowerCase());
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

/** One schema of all parameters of a place, so that a name which none of them has is found, too. */
async function parameterProblems(
  place: 'path' | 'query' | 'header',
  values: JsonObject,
  operation: JsonObject,
): Promise<readonly RequestProblem[]> {
  const parameters = parametersOf(operation, place);
  const schema = {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema: of }) => [name, of])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
  return placed(place, await inputProblems(schema, values));
}

async function bodyProblems(value: Json | undefined, operation: JsonObject): Promise<readonly RequestProblem[]> {
  const schema = bodySchema(operation);
  if (!schema) return [];
  const isRequired = isObject(operation['requestBody']) && operation['requestBody']['required'] === true;
  if (value === undefined) return isRequired ? [{ pointer: '/body', message: 'must be there' }] : [];
  return placed('body', await inputProblems(schema, value));
}

function placed(place: string, problems: readonly RequestProblem[]): readonly RequestProblem[] {
  return problems.map((one) => ({ ...one, pointer: `/${place}${one.pointer}` }));
}

function bodySchema(operation: JsonObject): JsonObject | undefined {
  const { requestBody } = operation;
  const content =
    isObject(requestBody) && isObject(requestBody['content']) ? requestBody['content'][JSON_TYPE] : undefined;
  const schema = isObject(content) ? content['schema'] : undefined;
  return isObject(schema) ? schema : undefined;
}

/** Where the document has no schema the text is the operation's own business. */
function bodyOf(text: string, { headers }: ApiRequest, operation: JsonObject): { readonly value?: Json } | ApiResponse {
  if (!bodySchema(operation) && isObject(operation['requestBody'])) return {};
  if (text === '') return {};
  if (!operation['requestBody']) {
    const problems = [{ pointer: '/body', message: 'must not be there' }];
    return problem('request-invalid', sentenceOf(problems), { problems });
  }
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) {
    const given = type === '' ? 'The request says nothing of the type of its body' : `The body is sent as ${type}`;
    return problem('content-type-unsupported', `${given}; send it with content-type: ${JSON_TYPE}`);
  }
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    // The parser's message quotes the text, which may hold a secret.
    return problem('body-not-json', 'The body cannot be read as JSON');
  }
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
