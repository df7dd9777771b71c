/**
 * The four OpenAPI documents as the tests need them: every $ref resolved in place (the documents are not recursive), and
 * their operations listed. It stands apart from lib/read on purpose: the example's tests must not believe the product.
 */
import { parse } from 'yaml';
import type { SystemName } from '../../../state-machines/order-fulfilment/systems/system.ts';
import { textOf } from './demo.ts';

export interface MediaType {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface Content {
  readonly content?: Readonly<Record<string, MediaType>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

/** An operation where it is found. */
export interface Listed extends Operation {
  readonly method: string;
  readonly path: string;
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<(typeof methods)[number], Operation>>>>>;
  readonly components: { readonly securitySchemes: object };
}

export const systemNames: readonly SystemName[] = ['inventory', 'payments', 'fraud', 'shipping'];

const methods = ['get', 'post', 'delete'] as const;
const files = new Map<string, unknown>();

export function documentOf(system: SystemName): OpenApiDocument {
  const file = `${system}.openapi.yaml`;
  return resolved(fileAt(file), file) as OpenApiDocument; // What is read of it, tests and schemas check.
}

export function operationsOf(system: SystemName): readonly Listed[] {
  return Object.entries(documentOf(system).paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ ...operation, method: method.toUpperCase(), path }];
    }),
  );
}

export function examplesIn(mediaType: MediaType): readonly unknown[] {
  const named = Object.values(mediaType.examples ?? {}).map(({ value }) => value);
  return mediaType.example === undefined ? named : [mediaType.example, ...named];
}

function resolved(node: unknown, file: string): unknown {
  if (Array.isArray(node)) return node.map((item) => resolved(item, file));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node);
  const ref = entries.find(([key, value]) => key === '$ref' && typeof value === 'string');
  if (ref !== undefined) return targetOf(String(ref[1]), file);
  return Object.fromEntries(entries.map(([key, value]) => [key, resolved(value, file)]));
}

function targetOf(ref: string, from: string): unknown {
  const [path = '', pointer = ''] = ref.split('#');
  const file = path === '' ? from : path;
  let found = fileAt(file);
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    found = new Map<string, unknown>(Object.entries(found ?? {})).get(key);
  }
  if (found === undefined) throw new Error(`${from} refers to ${ref}, which does not exist`);
  return resolved(found, file);
}

function fileAt(path: string): unknown {
  const known: unknown = files.get(path) ?? parse(textOf(path));
  files.set(path, known);
  return known;
}
