/**
 * What `operationPath` names. The standard's form is `{$sourceDescriptions.<name>.url}#<JSON Pointer>`; braces of path
 * templates collide with those of expressions, so only the leading expression is one. Real documents also write the
 * source without braces or without `.url`, slashes without `~1`, or an operationId: each has one reading and is
 * followed with a warning that shows the standard's form (Arazzo 1.1, section 4).
 */
import { parseExpression } from '../expressions/parse.ts';
import { parsePointer } from '../expressions/pointer.ts';
import type { AsyncApiDocument } from '../model/asyncapi.ts';
import type { Place } from '../model/diagnostic.ts';
import type { OpenApiDocument, Operation } from '../model/openapi.ts';
import { operationAtPointer } from './link-channels.ts';
import { type CallTarget, qualifiedOperation } from './link-operations.ts';
import { type Linking, reportKind, sourceNamed } from './linking.ts';
import { decodedPointer, type LoosePath, loosePath, pointerTo, standardPath, whyNoPath } from './loose-paths.ts';

export function operationAtPath(linking: Linking, text: string, at: Place): CallTarget | undefined {
  const path = loosePath(linking, text);
  if (path !== undefined) return followed(linking, path, text, at);
  const parsed = parseExpression(text);
  if (parsed.ok && parsed.expression.source === 'sourceDescriptions') {
    const { name, reference } = parsed.expression;
    const target = qualifiedOperation(linking, name, reference, at);
    const instead = target?.kind === 'operation' ? standardForm(name, target.operation) : undefined;
    if (instead !== undefined) linking.report('ARZ043', at, { text, instead });
    return target;
  }
  linking.report('ARZ055', at, { field: 'operationPath', text, why: whyNoPath(text) });
  return undefined;
}

interface Written {
  readonly text: string;
  readonly at: Place;
}

/** A path where an operationId should stand, which is found in use: `$sourceDescriptions.x#/paths/...`. */
export function isLoosePath(text: string): boolean {
  return /^\$sourceDescriptions\.[A-Za-z0-9_-]+(?:\.url)?#\//.test(text);
}

function followed(linking: Linking, path: LoosePath, text: string, at: Place): CallTarget | undefined {
  const source = sourceNamed(linking, path.source, at);
  if (source === undefined) return undefined;
  if (source.kind === 'asyncapi') return messageOperation(linking, path, source.document, { text, at });
  if (source.kind !== 'openapi') {
    reportKind(linking, path.source, source, at, ['openapi', 'asyncapi']);
    return undefined;
  }
  const { document } = source;
  const operation = operationAt(document, path.pointer);
  if (operation === undefined) {
    const known = document.operations.map(pointerOf);
    linking.report('ARZ056', at, { pointer: path.pointer, source: path.source, known });
    return undefined;
  }
  const standard = !path.tolerated && decodedPointer(path.pointer) === pointerOf(operation);
  if (!standard) linking.report('ARZ043', at, { text, instead: standardForm(path.source, operation) });
  return { kind: 'operation', sourceName: path.source, document, operation };
}

/** The standard names the operations of an AsyncAPI document by their ids; their places in it can only mean the same. */
function messageOperation(
  linking: Linking,
  path: LoosePath,
  document: AsyncApiDocument,
  { text, at }: Written,
): CallTarget | undefined {
  const { source: sourceName, pointer } = path;
  const found = operationAtPointer({ sourceName, document, pointer }, linking.action);
  if (found) {
    linking.report('ARZ043', at, { text, instead: `$sourceDescriptions.${sourceName}.${found.operationId}` });
    return found.target;
  }
  const known = [...document.actions.keys()].map((name) => pointerTo('operations', name));
  linking.report('ARZ057', at, { name: pointer, source: sourceName, known });
  return undefined;
}

/** Without a method the path stands for its operation if it has one only. */
function operationAt(document: OpenApiDocument, pointer: string): Operation | undefined {
  const [paths, ...tokens] = parsePointer(decodedPointer(pointer)) ?? [];
  if (paths !== 'paths') return undefined;
  const last = tokens.at(-1) ?? '';
  const path = tokens.at(-2) === ADDITIONAL ? tokens.slice(0, -2) : tokens.slice(0, -1);
  const method = tokens.at(-2) === ADDITIONAL ? last : last.toLowerCase();
  const exact = document.operations.find((one) => one.method === method && isPath(one.path, path));
  if (exact !== undefined) return exact;
  const onPath = document.operations.filter((one) => isPath(one.path, tokens));
  return onPath.length === 1 ? onPath[0] : undefined;
}

/** Slashes that should have been `~1` have split the path into several tokens. */
function isPath(path: string, tokens: readonly string[]): boolean {
  const joined = tokens.join('/');
  return path === joined || (tokens.length > 1 && path === `/${joined}`);
}

/** Of a path item: operations of methods without a field of their own (OpenAPI 3.2); these are written in capitals. */
const ADDITIONAL = 'additionalOperations';

function pointerOf({ path, method }: Operation): string {
  const steps = method === method.toLowerCase() ? [method] : [ADDITIONAL, method];
  return pointerTo('paths', path, ...steps);
}

function standardForm(source: string, operation: Operation): string {
  return standardPath(source, pointerOf(operation));
}
