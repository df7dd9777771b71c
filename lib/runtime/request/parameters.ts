/**
 * The step's parameters into the draft, each by its location and style. A missing value leaves an optional query, header
 * or cookie parameter out, with a note; in a path, in a required parameter and in a key it is never null, so nothing is
 * sent (run-contract section 2). A path parameter is never empty and never a dot segment: both would name another
 * resource.
 */
import { unreachable } from '../../model/assert.ts';
import { isObject, type Json } from '../../model/json.ts';
import type { PlanOperation, PlanOperationParameter, PlanParameter } from '../../model/plan.ts';
import type { Value } from '../../model/value.ts';
import { evaluate, evaluateText } from '../../expressions/evaluate.ts';
import type { Scope } from '../../expressions/scope.ts';
import type { RequestDraft } from './draft.ts';
import { type Encode, encodeReserved, percentEncode, type UrlPart } from './encode.ts';
import { formText } from './form.ts';
import { cookieProblem, headerProblem } from './headers.ts';
import { isForm, isJson } from './media-type.ts';
import { cookiePairs, headerText, pathText, queryPairs } from './styles.ts';

interface Placing {
  readonly draft: RequestDraft;
  readonly declared: PlanOperationParameter;
  readonly value: Json;
}

export function placeParameters(
  draft: RequestDraft,
  parameters: readonly PlanParameter[],
  context: { readonly operation: PlanOperation; readonly scope: Scope; readonly keyHeader: string },
): void {
  for (const parameter of parameters) {
    const declared = declarationOf(context.operation, parameter);
    const required = declared.required || declared.in === 'path' || isKey(declared, context.keyHeader);
    const value = valueOf(draft, parameter, { required, scope: context.scope });
    draft.spendOn(value ?? null);
    if (value !== undefined) place({ draft, declared, value });
  }
}

function isKey({ in: location, name }: PlanOperationParameter, keyHeader: string): boolean {
  return location === 'header' && name.toLowerCase() === keyHeader.toLowerCase();
}

/** What the operation says of it; for one that it does not declare, what OpenAPI assumes. */
function declarationOf(operation: PlanOperation, parameter: PlanParameter): PlanOperationParameter {
  const sameName = (name: string): boolean =>
    parameter.in === 'header' ? name.toLowerCase() === parameter.name.toLowerCase() : name === parameter.name;
  const declared = operation.parameters.find((one) => one.in === parameter.in && sameName(one.name));
  if (declared) return declared;
  const form = parameter.in === 'query' || parameter.in === 'cookie';
  return {
    name: parameter.name,
    in: parameter.in,
    required: false,
    style: form ? 'form' : 'simple',
    explode: form,
    allowReserved: false,
  };
}

function valueOf(
  draft: RequestDraft,
  parameter: PlanParameter,
  { required, scope }: { readonly required: boolean; readonly scope: Scope },
): Json | undefined {
  const what = `the ${parameter.in} parameter \`${parameter.name}\``;
  const evaluated = evaluate(parameter.value, scope);
  const gap = evaluated.found ? (evaluated.missing[0]?.why ?? nullPart(parameter.value, scope)) : evaluated.why;
  const value = evaluated.found ? evaluated.value : null;
  if (required && (gap !== undefined || value === null)) {
    draft.problems.push(`${what} has no value${gap === undefined ? '' : `: ${gap}`}`);
    if (parameter.in === 'path') draft.path.set(parameter.name, '');
    return undefined;
  }
  if (gap !== undefined || value === null)
    draft.notes.push(`${what} is left out${gap === undefined ? '' : `: ${gap}`}`);
  return value === null ? undefined : value;
}

/** A template would write null as the text `null`, which is the value of nothing. */
function nullPart(value: Value, scope: Scope): string | undefined {
  if (value.kind !== 'template') return undefined;
  for (const part of value.parts) {
    if (typeof part === 'string') continue;
    const looked = evaluateText(part.text, scope);
    if (looked.found && looked.value === null) return `${part.text} is null`;
  }
  return undefined;
}

function place(placing: Placing): void {
  const { draft, declared, value } = placing;
  switch (declared.in) {
    case 'path':
      return placeInPath(placing);
    case 'query':
      draft.query.push(...queryOf(placing));
      draft.values.query = withValue(draft.values.query, declared.name, value);
      return;
    case 'querystring':
      return placeQueryString(placing);
    case 'header':
      return placeHeader(placing);
    case 'cookie':
      return placeCookie(placing);
    default:
      return unreachable(declared.in, 'location of a parameter');
  }
}

function placeInPath({ draft, declared, value }: Placing): void {
  const encode = encoding(declared, 'path');
  const content = contentText(declared, value);
  const text = content === undefined ? pathText(declared, value, encode) : encode(content);
  draft.values.path = withValue(draft.values.path, declared.name, value);
  draft.path.set(declared.name, text);
  if (isNothing(value)) draft.problems.push(`the path parameter \`${declared.name}\` is empty`);
}

function isNothing(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : value === '';
}

function queryOf({ declared, value }: Placing): readonly string[] {
  const encode = encoding(declared, 'query');
  const content = contentText(declared, value);
  if (content === undefined) return queryPairs(declared, value, encode);
  return [`${percentEncode(declared.name)}=${encode(content)}`];
}

/** Serialised as a media type instead of by style; text is itself, anything else JSON. */
function contentText({ contentType }: PlanOperationParameter, value: Json): string | undefined {
  if (contentType === undefined) return undefined;
  if (isForm(contentType) && isObject(value)) return formText(value, {});
  return !isJson(contentType) && typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The whole query (OpenAPI 3.2): text as it is, made safe ("the value MUST resolve to the full query string", Arazzo 1.1), also
 * where the type is JSON; an object as form fields, or as JSON where that is declared.
 */
function placeQueryString({ draft, declared, value }: Placing): void {
  const { contentType = FORM } = declared;
  const isWritten = typeof value === 'string' && (isForm(contentType) || isJson(contentType));
  if (!isForm(contentType) && !isWritten) {
    draft.query.push(percentEncode(contentText({ ...declared, contentType }, value) ?? ''));
  } else if (isWritten) {
    const text = value.replace(/^\?/, '').toWellFormed();
    draft.query.push(text.replace(/%(?![0-9A-Fa-f]{2})|[^\w\-.~!$&'()*+,;=:@/?%]/gu, percentEncode));
  } else if (isObject(value)) {
    const text = formText(value, {});
    if (text !== '') draft.query.push(text);
  } else draft.query.push(percentEncode(JSON.stringify(value)));
}

const FORM = 'application/x-www-form-urlencoded';

function placeHeader({ draft, declared, value }: Placing): void {
  const text = contentText(declared, value) ?? headerText(declared, value);
  const problem = headerProblem(declared.name, text);
  if (problem === undefined) draft.headers.push([declared.name, text]);
  else draft.problems.push(problem);
}

function placeCookie({ draft, declared, value }: Placing): void {
  const content = contentText(declared, value);
  const encode = encoding(declared, 'cookie');
  const pairs = content === undefined ? cookiePairs(declared, value, encode) : [`${declared.name}=${encode(content)}`];
  for (const pair of pairs) {
    const problem = cookieProblem(declared.name, pair);
    if (problem === undefined) draft.cookies.push(pair);
    else draft.problems.push(problem);
  }
}

function encoding({ allowReserved }: PlanOperationParameter, part: UrlPart): Encode {
  return allowReserved ? encodeReserved(part) : percentEncode;
}

function withValue(
  values: { readonly [name: string]: Json },
  name: string,
  value: Json,
): { readonly [name: string]: Json } {
  return Object.fromEntries([...Object.entries(values), [name, value]]);
}
