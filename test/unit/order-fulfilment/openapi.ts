/**
 * The four OpenAPI documents as the tests need them: every $ref resolved in place (the documents are not recursive), and
 * their operations listed. It stands apart from lib/read on purpose: the example's tests must not believe the product.
 */
import { parse } from 'yaml';
import { textOf } from './demo.ts';

// A document is walked by member names that the tests check for; a type would only repeat OpenAPI.
// oxlint-disable-next-line typescript/no-explicit-any
export type Node = any;

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly responses: Readonly<Record<string, Node>>;
  readonly parameters: readonly Node[];
  readonly requestBody: Node;
}

export const systemNames = ['inventory', 'payments', 'fraud', 'shipping'] as const;
export type SystemName = (typeof systemNames)[number];

const files = new Map<string, Node>();

export function documentOf(system: SystemName): Node {
  const file = `${system}.openapi.yaml`;
  return resolved(fileAt(file), file);
}

export function operationsOf(system: SystemName): readonly Operation[] {
  const paths: Record<string, Node> = documentOf(system).paths;
  return Object.entries(paths).flatMap(([path, item]) =>
    ['get', 'post', 'delete'].flatMap((method) => {
      const operation: Node = item[method];
      if (operation === undefined) return [];
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
      const { operationId: id, responses, requestBody } = operation;
      return [{ id, method: method.toUpperCase(), path, responses, parameters, requestBody }];
    }),
  );
}

/** Name and example of everything that a media type object gives as examples. */
export function examplesIn(mediaType: Node): readonly Node[] {
  const named: readonly Node[] = Object.values(mediaType.examples ?? {});
  return [...(mediaType.example === undefined ? [] : [mediaType.example]), ...named.map(({ value }) => value)];
}

function resolved(node: Node, file: string): Node {
  if (Array.isArray(node)) return node.map((item) => resolved(item, file));
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.$ref === 'string') return target(node.$ref, file);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolved(value, file)]));
}

function target(ref: string, from: string): Node {
  const [path = '', pointer = ''] = ref.split('#');
  const file = path === '' ? from : path;
  const found = pointer
    .split('/')
    .slice(1)
    .reduce((node: Node, token) => node?.[token.replaceAll('~1', '/').replaceAll('~0', '~')], fileAt(file));
  if (found === undefined) throw new Error(`${from} refers to ${ref}, which does not exist`);
  return resolved(found, file);
}

function fileAt(path: string): Node {
  const known = files.get(path) ?? parse(textOf(path));
  files.set(path, known);
  return known;
}
