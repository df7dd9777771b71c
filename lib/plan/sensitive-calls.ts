/**
 * What a call itself says of sensitive values: those that it sends where a credential or a password belongs (`sent`), and
 * those that it gets back where the answer's schema or a header holds one (`isTold`).
 */
import type { Expression } from '../expressions/expression.ts';
import { references } from '../expressions/references.ts';
import { type Json, type JsonObject, own } from '../model/json.ts';
import type { PlanCall, PlanMediaType, PlanOperation, PlanParameter } from '../model/plan.ts';
import type { SecurityScheme } from '../model/openapi.ts';
import type { Value } from '../model/value.ts';
import { isSensitiveAt, type Rooted } from './sensitive-schema.ts';

/** The operation of a call, with what its system says of schemas and credentials. */
export interface Callee {
  readonly operation: PlanOperation;
  readonly schemas: JsonObject;
  readonly schemes: readonly SecurityScheme[];
}

const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie']);
const TOLD_HEADERS: ReadonlySet<string> = new Set(['set-cookie', 'authorization', 'authentication-info']);

/** Values that go where only what is sensitive goes. */
export function sent({ parameters, body }: PlanCall, callee: Callee): readonly Value[] {
  const given = parameters.filter((one) => isCredential(one, callee) || isPassword(one, callee));
  const schemas = bodySchemas(callee);
  const payload = body?.payload ? schemas.flatMap((schema) => inPayload(body.payload as Value, schema, [])) : [];
  const replaced = (body?.replacements ?? []).filter(({ target, language }) =>
    schemas.some((schema) => isSensitiveAt(schema, language === 'jsonpointer' ? tokensOf(target) : [])),
  );
  return [...given, ...replaced].map(({ value }) => value).concat(payload);
}

function isCredential({ in: location, name }: PlanParameter, { schemes }: Callee): boolean {
  const lower = name.toLowerCase();
  if (location === 'header' && CREDENTIAL_HEADERS.has(lower)) return true;
  return schemes.some(
    (scheme) =>
      scheme.type === 'apiKey' &&
      scheme.in === location &&
      (location === 'header' ? scheme.name.toLowerCase() === lower : scheme.name === name),
  );
}

function isPassword({ in: location, name }: PlanParameter, { operation, schemas }: Callee): boolean {
  const declared = operation.parameters.find((one) => one.in === location && one.name === name);
  return declared !== undefined && isSensitiveAt(rooted(declared.schema, schemas), []);
}

/** The parts of a payload that lie at a sensitive place; what is not written out is looked at as a whole. */
function inPayload(value: Value, schema: Rooted, at: readonly string[]): readonly Value[] {
  if (!isSensitiveAt(schema, at)) return [];
  if (value.kind === 'object') {
    return value.fields.flatMap((field) => inPayload(field.value, schema, [...at, field.name]));
  }
  if (value.kind === 'array') return value.items.flatMap((item, index) => inPayload(item, schema, [...at, `${index}`]));
  return [value];
}

function bodySchemas({ operation, schemas }: Callee): readonly Rooted[] {
  return (operation.body?.content ?? []).map(({ schema }) => rooted(schema, schemas));
}

/** Does the value select something of the answer that is sensitive by itself? */
export function isTold(value: Value, callee: Callee): boolean {
  const within = value.kind === 'selector' ? selectedTokens(value) : [];
  return references(value).some(({ expression }) => isToldBy(expression, callee, within));
}

/** What the selector's pointer adds to its context's; another language may select anything below it. */
function selectedTokens({ language, selector }: Extract<Value, { kind: 'selector' }>): readonly string[] {
  return language.type === 'jsonpointer' ? tokensOf(selector) : [];
}

function isToldBy(expression: Expression, callee: Callee, within: readonly string[]): boolean {
  if (expression.source !== 'response') return false;
  if (!('pointer' in expression)) {
    return expression.part === 'header' && TOLD_HEADERS.has(expression.name.toLowerCase());
  }
  const tokens = [...expression.trail, ...expression.pointer, ...within];
  return responseSchemas(callee).some((schema) => isSensitiveAt(schema, tokens));
}

function responseSchemas({ operation, schemas }: Callee): readonly Rooted[] {
  const content: readonly PlanMediaType[] = operation.responses.flatMap((response) => response.content);
  return content.map(({ schema }) => rooted(schema, schemas));
}

/** The values of a request that an expression over `$request` or `$url` shows. */
export function shownOfRequest(expression: Expression, { parameters, body }: PlanCall): readonly Value[] {
  if (expression.source === 'url') return valuesIn(parameters, ['path', 'query', 'querystring']);
  if (expression.source !== 'request') return [];
  if ('pointer' in expression) {
    return [...(body?.payload ? [body.payload] : []), ...(body?.replacements ?? []).map(({ value }) => value)];
  }
  const { part, name } = expression;
  return valuesIn(
    parameters.filter((one) => one.name.toLowerCase() === name.toLowerCase()),
    [part],
  );
}

function valuesIn(parameters: readonly PlanParameter[], places: readonly string[]): readonly Value[] {
  return parameters.filter((one) => places.includes(one.in)).map(({ value }) => value);
}

/** References of a system's schemas lead into its `$defs`. */
function rooted(schema: Json | undefined, schemas: JsonObject): Rooted {
  return { schema, root: { $defs: schemas } };
}

function tokensOf(pointer: string): readonly string[] {
  const text = pointer.replace(/^#/, '');
  if (!text.startsWith('/')) return [];
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function schemesOf(
  { security }: PlanOperation,
  schemes: { readonly [name: string]: SecurityScheme },
): readonly SecurityScheme[] {
  return security.flatMap((requirement) => Object.keys(requirement).flatMap((name) => own(schemes, name) ?? []));
}
