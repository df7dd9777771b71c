/**
 * A parameter's value as text, by the OpenAPI styles (OpenAPI 3.1, Parameter Object, "Style Values" and its examples).
 * Each function serves one location and gives what stands there, already encoded. Members that are null are left out;
 * structures inside structures, which the styles do not define, become JSON text.
 */
import { unreachable } from '../../model/assert.ts';
import type { Json } from '../../model/json.ts';
import { isObject } from '../../model/json.ts';
import type { PlanOperationParameter } from '../../model/plan.ts';
import { type Encode, percentEncode } from './encode.ts';

export type Styled = Pick<PlanOperationParameter, 'name' | 'style' | 'explode'>;

type Shape =
  | { readonly kind: 'scalar'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'members'; readonly members: readonly (readonly [string, string])[] };

/** What replaces `{name}` in a path. */
export function pathText({ name, style, explode }: Styled, value: Json, encode: Encode): string {
  const shape = shapeOf(value, encode);
  const key = encode(name);
  switch (style) {
    case 'label':
      return `.${joined(shape, explode ? '.' : ',', explode)}`;
    case 'matrix':
      return matrix(key, shape, explode);
    default:
      return joined(shape, ',', explode);
  }
}

/** A header's value; it is never percent-encoded. */
export function headerText({ explode }: Styled, value: Json): string {
  return joined(shapeOf(value, asItIs), ',', explode);
}

/** The `name=value` pairs of a query. */
export function queryPairs({ name, style, explode }: Styled, value: Json, encode: Encode): readonly string[] {
  const key = percentEncode(name);
  if (style === 'deepObject' && isObject(value)) return deepPairs(key, value, encode);
  return pairs(key, shapeOf(value, encode), explode, delimiterOf(style));
}

/** The `name=value` pairs of a Cookie header; `form` is what older documents say and encodes, `cookie` sends as it is. */
export function cookiePairs(
  { name, style, explode }: Styled,
  value: Json,
  encode: Encode = percentEncode,
): readonly string[] {
  return pairs(name, shapeOf(value, style === 'cookie' ? asItIs : encode), explode, ',');
}

function pairs(key: string, shape: Shape, explode: boolean, delimiter: string): readonly string[] {
  if (explode && shape.kind === 'list') return shape.items.map((item) => `${key}=${item}`);
  if (explode && shape.kind === 'members') return shape.members.map(([name, text]) => `${name}=${text}`);
  return isEmpty(shape) ? [] : [`${key}=${joined(shape, delimiter, false)}`];
}

function matrix(key: string, shape: Shape, explode: boolean): string {
  if (explode && shape.kind === 'list') return shape.items.map((item) => matrixPart(key, item)).join('');
  if (explode && shape.kind === 'members') return shape.members.map(([name, text]) => matrixPart(name, text)).join('');
  return matrixPart(key, joined(shape, ',', false));
}

function matrixPart(name: string, text: string): string {
  return text === '' ? `;${name}` : `;${name}=${text}`;
}

/** `color[R]=100`; deeper ones and lists by the convention that servers follow: `a[b][c]=1`, `a[b]=1&a[b]=2`. */
function deepPairs(key: string, value: Json, encode: Encode): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => deepPairs(key, item, encode));
  if (!isObject(value)) return value === null ? [] : [`${key}=${encode(scalarText(value))}`];
  return Object.entries(value).flatMap(([name, member]) =>
    deepPairs(`${key}%5B${percentEncode(name)}%5D`, member, encode),
  );
}

function delimiterOf(style: Styled['style']): string {
  switch (style) {
    case 'spaceDelimited':
      return '%20';
    case 'pipeDelimited':
      return '%7C';
    default:
      return ',';
  }
}

function joined(shape: Shape, separator: string, explode: boolean): string {
  switch (shape.kind) {
    case 'scalar':
      return shape.text;
    case 'list':
      return shape.items.join(separator);
    case 'members':
      return explode
        ? shape.members.map(([name, text]) => `${name}=${text}`).join(separator)
        : shape.members.flat().join(separator);
    default:
      return unreachable(shape, 'shape of a value');
  }
}

function shapeOf(value: Json, encode: Encode): Shape {
  if (Array.isArray(value)) {
    const items = value.filter((item: Json) => item !== null).map((item: Json) => encode(scalarText(item)));
    return { kind: 'list', items };
  }
  if (!isObject(value)) return { kind: 'scalar', text: encode(scalarText(value)) };
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return { kind: 'members', members: members.map(([name, member]) => [encode(name), encode(scalarText(member))]) };
}

/** Has it nothing to send? An empty text is something. */
function isEmpty(shape: Shape): boolean {
  switch (shape.kind) {
    case 'scalar':
      return false;
    case 'list':
      return shape.items.length === 0;
    case 'members':
      return shape.members.length === 0;
    default:
      return unreachable(shape, 'shape of a value');
  }
}

function scalarText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asItIs(text: string): string {
  return text;
}
