/**
 * The OpenAPI 3.1 document of the run API, made from its routes: requests are judged by it (request-check.ts), clients and
 * tests are made from it, and schemas/run-api.openapi.json is it, byte for byte (a test holds them equal).
 */
import type { Json, JsonObject } from '../model/json.ts';
import { JSON_TYPE } from './message.ts';
import { PROBLEM_TYPE, type ProblemName, PROBLEMS } from './problems.ts';
import type { Parameter, Route, RouteBody, RouteResponse, Tag } from './route.ts';
import { ROUTES } from './routes.ts';
import { COMPONENTS } from './schemas.ts';

const TAGS: { readonly [T in Tag]: string } = {
  Workflows: 'What can be started.',
  Runs: 'Starting, finding and following runs.',
  Actions: 'What an operator does with a run.',
  Steps: 'What an operator says of one step.',
  'Dead letters': 'Runs that have come to need somebody.',
  Callbacks: 'For systems that answer later.',
  Service: 'The service itself, and the systems that it calls.',
};

const SIGV4: JsonObject = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  description: 'AWS Signature Version 4: the default on AWS. A server on loopback asks for nothing.',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

const JWT: JsonObject = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description: 'Where the API was deployed with an issuer of tokens.',
};

/** Of every answer that is none of the operation's. */
const ALWAYS: readonly ProblemName[] = [
  'request-invalid',
  'host-refused',
  'origin-refused',
  'service-not-ready',
  'service-failed',
];

let made: JsonObject | undefined;

export function apiDocument(): JsonObject {
  made ??= {
    openapi: '3.1.0',
    info: {
      title: 'Interlock run API',
      version: '1.0.0',
      description:
        'Starts runs of workflows over many APIs, shows them and lets operators act on them. `interlock dev` serves it on loopback, the construct puts it on AWS. Errors are problem details (RFC 9457) with a code.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document comes from.' }],
    security: [{ sigv4: [] }, { jwt: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: pathsOf(ROUTES),
    components: { securitySchemes: { sigv4: SIGV4, jwt: JWT }, schemas: COMPONENTS },
  };
  return made;
}

function pathsOf(routes: readonly Route[]): JsonObject {
  const paths: { [path: string]: JsonObject } = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

function operationOf(route: Route): JsonObject {
  const { operationId, summary, description, tag, parameters, body, caller } = route;
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    ...(caller === 'anybody' && { security: [] }),
    ...(parameters && { parameters: parameters.map(parameterOf) }),
    ...(body && { requestBody: bodyOf(body) }),
    responses: { ...Object.fromEntries(route.responses.map(responseOf)), ...problemsOf(route) },
  };
}

function parameterOf({ required, example, ...parameter }: Parameter): JsonObject {
  return { ...parameter, ...(required && { required }), ...(example !== undefined && { example }) };
}

function bodyOf({ required, schema, example }: RouteBody): JsonObject {
  const content = { schema: schema ?? {}, ...(example !== undefined && { example }) };
  return { required, content: { [schema ? JSON_TYPE : '*/*']: content } };
}

function responseOf({ status, description, schema, headers }: RouteResponse): readonly [string, JsonObject] {
  const content: JsonObject = schema.includes('/')
    ? { [schema]: { schema: { type: 'string' } } }
    : { [JSON_TYPE]: { schema: { $ref: `#/components/schemas/${schema}` } } };
  const named = Object.entries(headers ?? {}).map(
    ([name, says]) => [name, { description: says, schema: { type: 'string' } }] as const,
  );
  return [String(status), { description, ...(headers && { headers: Object.fromEntries(named) }), content }];
}

/** By status: each says which of our problems it may be. */
function problemsOf({ problems = [], caller }: Route): JsonObject {
  const known = caller === 'anybody' ? [] : (['caller-unknown'] as const);
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of [...known, ...problems, ...ALWAYS]) {
    const { status } = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  const sorted = [...byStatus].sort(([one], [other]) => one - other);
  return Object.fromEntries(sorted.map(([status, names]) => [String(status), problemResponse(names)]));
}

function problemResponse(names: readonly ProblemName[]): Json {
  const said = names.map((name) => `${PROBLEMS[name].code} ${name}: ${PROBLEMS[name].title}.`);
  return {
    description: said.join(' '),
    content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
