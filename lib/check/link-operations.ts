/**
 * What `operationId` and `operationPath` name: an operation of an OpenAPI source (or of an AsyncAPI one, for steps on
 * channels). With several sources a plain operationId is not allowed (Arazzo 1.1, section 2), but real documents use
 * it: it is followed with a warning where one source only has it, and refused where several have. A source that could
 * not be read might have it too, so nothing is said about an operation that is not found beside such a one.
 */
import { parseExpression } from '../expressions/parse.ts';
import type { Source } from '../model/description.ts';
import type { Place } from '../model/diagnostic.ts';
import type { ChannelTarget, OperationTarget } from '../model/links.ts';
import { asyncOperations } from './link-channels.ts';
import { type Linking, reportKind, sourceNamed } from './linking.ts';

export type CallTarget = OperationTarget | ChannelTarget;

const forms = ['<operationId>', '$sourceDescriptions.<name>.<operationId>'];

export function operationNamed(linking: Linking, text: string, at: Place): CallTarget | undefined {
  if (!text.startsWith('$')) return plainOperation(linking, text, at);
  const parsed = parseExpression(text);
  if (parsed.ok && parsed.expression.source === 'sourceDescriptions') {
    return qualifiedOperation(linking, parsed.expression.name, parsed.expression.reference, at);
  }
  const why = parsed.ok ? 'it does not name a source description' : parsed.problem.message;
  linking.report('ARZ040', at, { text, why, forms });
  return undefined;
}

export function qualifiedOperation(
  linking: Linking,
  sourceName: string,
  operationId: string,
  at: Place,
): CallTarget | undefined {
  const source = sourceNamed(linking, sourceName, at);
  if (source === undefined) return undefined;
  if (source.kind === 'arazzo') {
    reportKind(linking, sourceName, source, at, ['openapi', 'asyncapi']);
    return undefined;
  }
  const target = operationIn(source, sourceName, operationId);
  if (target === undefined) {
    linking.report('ARZ052', at, { operationId, sources: [sourceName], known: operationIds(source) });
  }
  return target;
}

function plainOperation(linking: Linking, operationId: string, at: Place): CallTarget | undefined {
  const apis = apiSources(linking);
  const targets = apis.flatMap(({ name, source }) => (source && operationIn(source, name, operationId)) ?? []);
  const [target, ...others] = targets;
  if (target === undefined) {
    if (apis.every(({ source }) => source !== undefined)) reportUnknown(linking, operationId, at);
    return undefined;
  }
  if (others.length > 0) {
    linking.report('ARZ053', at, { operationId, sources: targets.map(({ sourceName }) => sourceName) });
    return undefined;
  }
  if (apis.length > 1) linking.report('ARZ054', at, { operationId, source: target.sourceName });
  return target;
}

function reportUnknown(linking: Linking, operationId: string, at: Place): void {
  const apis = apiSources(linking);
  const known = apis.flatMap(({ name, source }) =>
    source === undefined
      ? []
      : operationIds(source).map((id) => (apis.length > 1 ? `$sourceDescriptions.${name}.${id}` : id)),
  );
  linking.report('ARZ052', at, { operationId, sources: apis.map(({ name }) => name), known });
}

interface ApiSource {
  readonly name: string;
  /** Absent when it could not be read. */
  readonly source: Source | undefined;
}

/** The source descriptions that may hold operations. */
function apiSources({ description }: Linking): ApiSource[] {
  const declared = new Map(description.arazzo.sourceDescriptions.map((source) => [source.name, source]));
  return [...declared.values()]
    .map(({ name, type }) => ({ name, type, source: description.sources.get(name) }))
    .filter(({ type, source }) => (source?.kind ?? type) !== 'arazzo');
}

function operationIn(source: Source, sourceName: string, operationId: string): CallTarget | undefined {
  if (source.kind === 'openapi') {
    const { document } = source;
    const operation = document.operations.find((one) => one.operationId === operationId);
    return operation && { kind: 'operation', sourceName, document, operation };
  }
  if (source.kind !== 'asyncapi') return undefined;
  const pointer = asyncOperations(source.root).get(operationId);
  return pointer === undefined ? undefined : { kind: 'channel', sourceName, root: source.root, pointer };
}

function operationIds(source: Source): string[] {
  if (source.kind === 'openapi') return source.document.operations.flatMap(({ operationId }) => operationId ?? []);
  return source.kind === 'asyncapi' ? [...asyncOperations(source.root).keys()] : [];
}
