/**
 * What `operationId` and `operationPath` name: an operation of an OpenAPI source (or of an AsyncAPI one, for steps on
 * channels). With several sources a plain operationId is not allowed (Arazzo 1.1, section 2), but real documents use
 * it: it is followed with a warning where one source only has it, and refused where several have. An id that differs
 * from the only one like it in case or separators (`PAR`, `Par`) is followed with a warning too, and so is one behind the
 * name of its source (`shop.placeOrder`). A source that could not
 * be read might have an operation that is not found in the others, so then nothing is said.
 */
import type { Step } from '../model/arazzo.ts';
import type { Source } from '../model/description.ts';
import type { Place } from '../model/diagnostic.ts';
import type { ChannelTarget, OperationTarget } from '../model/links.ts';
import { onlyAlike } from './alike.ts';
import { channelOperation } from './link-channels.ts';
import { operationById } from './lookups.ts';
import { type Linking, reportKind, sourceNamed, sourceReference } from './linking.ts';

export type CallTarget = OperationTarget | ChannelTarget;

const forms = ['<operationId>', '$sourceDescriptions.<name>.<operationId>'];

export function operationNamed(linking: Linking, text: string, at: Place): CallTarget | undefined {
  if (!text.startsWith('$')) return plainOperation(linking, text, at);
  const parsed = sourceReference(linking, text, at);
  if (parsed.ok) return qualifiedOperation(linking, parsed.name, parsed.reference, at);
  linking.report('ARZ040', at, { text, why: parsed.why, forms });
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
  const { action } = linking;
  const exact = operationIn({ name: sourceName, source, action }, operationId);
  if (exact !== undefined) return exact;
  const alike = alikeIn([{ name: sourceName, source }], operationId, action);
  if (alike !== undefined) return respelled(linking, operationId, alike, at, true);
  linking.report('ARZ052', at, { operationId, sources: [sourceName], known: operationIds(source) });
  return undefined;
}

function plainOperation(linking: Linking, operationId: string, at: Place): CallTarget | undefined {
  const apis = apiSources(linking);
  const { action } = linking;
  const targets = apis.flatMap(
    ({ name, source }) => (source && operationIn({ name, source, action }, operationId)) ?? [],
  );
  const [target, ...others] = targets;
  if (target === undefined) return unfoundOperation(linking, apis, operationId, at);
  if (others.length > 0) {
    linking.report('ARZ053', at, { operationId, sources: targets.map(({ sourceName }) => sourceName) });
    return undefined;
  }
  if (apis.length > 1) linking.report('ARZ054', at, { operationId, source: target.sourceName });
  return target;
}

function unfoundOperation(
  linking: Linking,
  apis: readonly ApiSource[],
  operationId: string,
  at: Place,
): CallTarget | undefined {
  const dotted = behindItsSource(apis, operationId, linking.action);
  if (dotted !== undefined) return respelled(linking, operationId, dotted, at, true);
  if (apis.some(({ source }) => source === undefined)) return undefined;
  const alike = alikeIn(apis, operationId, linking.action);
  if (alike !== undefined) return respelled(linking, operationId, alike, at, apis.length > 1);
  const known = apis.flatMap(({ name, source }) =>
    operationIds(source).map((id) => (apis.length > 1 ? `$sourceDescriptions.${name}.${id}` : id)),
  );
  linking.report('ARZ052', at, { operationId, sources: apis.map(({ name }) => name), known });
  return undefined;
}

interface Alike {
  readonly id: string;
  readonly target: CallTarget;
}

/** The only operation of all these sources whose id is like this one. */
function alikeIn(apis: readonly ApiSource[], operationId: string, action: Step['action']): Alike | undefined {
  const found = apis.flatMap(({ name, source }) => {
    const id = onlyAlike(operationId, operationIds(source));
    const target = id === undefined ? undefined : source && operationIn({ name, source, action }, id);
    return id === undefined || target === undefined ? [] : [{ id, target }];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** `shop.placeOrder`: the name of a source description, and an operation of it. */
function behindItsSource(apis: readonly ApiSource[], text: string, action: Step['action']): Alike | undefined {
  const found = apis.flatMap(({ name, source }) => {
    if (source === undefined || !text.startsWith(`${name}.`)) return [];
    const id = text.slice(name.length + 1);
    const target = operationIn({ name, source, action }, id);
    return target === undefined ? [] : [{ id, target }];
  });
  return found.length === 1 ? found[0] : undefined;
}

function respelled(linking: Linking, text: string, { id, target }: Alike, at: Place, qualified: boolean): CallTarget {
  const instead = qualified ? `$sourceDescriptions.${target.sourceName}.${id}` : id;
  linking.report('ARZ043', at, { text, instead });
  return target;
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

interface SourceOfCall {
  readonly name: string;
  readonly source: Source;
  readonly action: Step['action'];
}

function operationIn({ name: sourceName, source, action }: SourceOfCall, operationId: string): CallTarget | undefined {
  if (source.kind === 'openapi') {
    const { document } = source;
    const operation = operationById(document, operationId);
    return operation && { kind: 'operation', sourceName, document, operation };
  }
  if (source.kind !== 'asyncapi') return undefined;
  return channelOperation({ sourceName, document: source.document, operationId }, action);
}

function operationIds(source: Source | undefined): string[] {
  if (source?.kind === 'openapi') return source.document.operations.flatMap(({ operationId }) => operationId ?? []);
  return source?.kind === 'asyncapi' ? [...source.document.actions.keys()] : [];
}
