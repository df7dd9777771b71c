/**
 * The systems and operations that a plan touches, cut out of their OpenAPI documents: an operation with what a handler
 * needs to send a request and judge its answer, and only those schemas that such operations reach. Nothing of an
 * environment: which server and which credentials is decided where the plan runs.
 */
import type { SourceDescription } from '../model/arazzo.ts';
import type { Description } from '../model/description.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import type { LinkedHealth, OperationTarget } from '../model/links.ts';
import type { ApiDocument, MediaType, Operation, SecurityScheme } from '../model/openapi.ts';
import type { PlanMediaType, PlanOperation, PlanSystem } from '../model/plan.ts';
import type { SystemPolicy } from '../model/policy.ts';
import { planProtection } from './protection.ts';

export interface SystemDraft {
  readonly name: string;
  readonly source: SourceDescription;
  readonly document: ApiDocument;
  readonly operations: Map<string, Operation>;
  /** That it is declared in. */
  readonly description: Description;
}

/** Grows while steps name their operations: the same document under the same name is one system. */
export class Systems {
  readonly all: Map<string, SystemDraft> = new Map();
  private readonly entry: Description;

  constructor(entry: Description) {
    this.entry = entry;
  }

  /** The plan's key of the operation that a step calls. */
  keyOf(target: OperationTarget, description: Description): string {
    const system = this.systemOf(target, description);
    const { operationId, method, path } = target.operation;
    const key = `${system.name}.${operationId ?? `${method.toUpperCase()} ${path}`}`;
    system.operations.set(key, target.operation);
    return key;
  }

  /** Of the system that an operation belongs to, by the operation's key. */
  nameOf(operation: string): string | undefined {
    return [...this.all.values()].find(({ operations }) => operations.has(operation))?.name;
  }

  /** Names of the entry description stay; one of an imported description that clashes gets a number. */
  systemOf(target: Pick<OperationTarget, 'sourceName' | 'document'>, description: Description): SystemDraft {
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? target.sourceName : `${target.sourceName}-${number}`;
      const known = this.all.get(name);
      if (known?.document.uri === target.document.uri) return known;
      const reserved = description !== this.entry && this.namedByEntry(name, target.document);
      if (known !== undefined || reserved) continue;
      const source = description.arazzo.sourceDescriptions.find((one) => one.name === target.sourceName);
      if (source === undefined) continue;
      const system: SystemDraft = { name, source, document: target.document, operations: new Map(), description };
      this.all.set(name, system);
      return system;
    }
  }

  /** What its systems depend on, however far: no step calls them, but when one is down the others are. */
  addDependencies(policyOf: (source: SourceDescription) => SystemPolicy): void {
    // A map grows while it is walked, and holds each system once.
    for (const { source, description } of this.all.values())
      for (const dependency of policyOf(source).dependsOn ?? []) this.dependency(dependency, description);
  }

  /** Undefined for what is no system, which the check has refused. */
  dependency(sourceName: string, description: Description): SystemDraft | undefined {
    const found = description.sources.get(sourceName);
    if (!found || found.kind === 'arazzo') return undefined;
    return this.systemOf({ sourceName, document: found.document }, description);
  }

  private namedByEntry(name: string, document: ApiDocument): boolean {
    const source = this.entry.sources.get(name);
    return source !== undefined && source.kind !== 'arazzo' && source.document.uri !== document.uri;
  }
}

export interface SystemPlanning {
  readonly systems: Systems;
  readonly policy: SystemPolicy;
  readonly health: LinkedHealth | undefined;
}

export function planSystem(draft: SystemDraft, { systems, policy, health }: SystemPlanning): PlanSystem {
  const { system: identity } = policy;
  const target = health?.linked.target;
  const asked = target?.kind === 'operation' ? target.operation : undefined;
  const dependsOn = (policy.dependsOn ?? []).flatMap((name) => systems.dependency(name, draft.description)?.name ?? []);
  const operation = asked && planOperation('health', draft, asked);
  const asking = health && { linked: health.linked, ...(operation && { operation }) };
  return {
    name: draft.name,
    title: draft.document.title,
    servers: draft.document.servers,
    securitySchemes: usedSchemes(draft, asked),
    ...(dependsOn.length > 0 && { dependsOn }),
    ...(identity !== undefined && { identity }),
    ...planProtection(policy, asking),
    ...(policy.contract && { contract: policy.contract }),
  };
}

function usedSchemes(draft: SystemDraft, asked: Operation | undefined): { readonly [name: string]: SecurityScheme } {
  const operations = [...draft.operations.values(), ...(asked ? [asked] : [])];
  const named = operations.flatMap((operation) => operation.security.flatMap(Object.keys));
  const schemes: { [name: string]: SecurityScheme } = Object.create(null);
  for (const name of named) {
    const scheme = draft.document.securitySchemes.get(name);
    if (scheme) schemes[name] = scheme;
  }
  return schemes;
}

export function planOperation(key: string, system: SystemDraft, operation: Operation): PlanOperation {
  const { operationId, requestBody, document } = { ...operation, document: system.document };
  return {
    key,
    system: system.name,
    ...(operationId !== undefined && { operationId }),
    method: operation.method,
    path: operation.path,
    parameters: operation.parameters.map(({ at: _at, example: _example, ...kept }) => kept),
    ...(requestBody && { body: { required: requestBody.required, content: requestBody.content.map(planMediaType) } }),
    responses: operation.responses.map(({ status, content }) => ({ status, content: content.map(planMediaType) })),
    security: operation.security,
    ...(operation.servers !== document.servers && { servers: operation.servers }),
    ...(operation.message && { message: operation.message }),
  };
}

function planMediaType({ example: _example, ...kept }: MediaType): PlanMediaType {
  return kept;
}

/** Follows `#/$defs/...` from the operations' schemas, so that the plan holds no schema that nothing reaches. */
export function reachableSchemas(operations: readonly PlanOperation[], schemas: JsonObject): JsonObject {
  const reached: { [name: string]: Json } = Object.create(null);
  const pending: Json[] = operations.flatMap(schemasOf);
  for (let schema = pending.pop(); schema !== undefined; schema = pending.pop()) {
    for (const name of referencesIn(schema)) {
      const found = own(schemas, name);
      if (found === undefined || Object.hasOwn(reached, name)) continue;
      reached[name] = found;
      pending.push(found);
    }
  }
  return reached;
}

function schemasOf(operation: PlanOperation): readonly Json[] {
  const media = [...(operation.body?.content ?? []), ...operation.responses.flatMap(({ content }) => content)];
  return [...operation.parameters, ...media].flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
}

const DEFINITIONS = '#/$defs/';

function referencesIn(schema: Json): readonly string[] {
  const found: string[] = [];
  const pending: Json[] = [schema];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (Array.isArray(value)) pending.push(...value);
    if (!isObject(value)) continue;
    const reference = own(value, '$ref');
    if (typeof reference === 'string' && reference.startsWith(DEFINITIONS)) {
      const name = decodeURIComponent(reference.slice(DEFINITIONS.length));
      found.push(name.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
    pending.push(...Object.values(value));
  }
  return found;
}
