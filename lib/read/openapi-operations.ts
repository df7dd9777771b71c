/**
 * The operations of an OpenAPI document: path by path, with what they inherit from their path and document
 * (parameters, servers, security). Operations that the description uses are read first, and only their faults are told.
 */
import { below, keyAt } from '../diagnostics/place.ts';
import type {
  FixedMethod,
  Method,
  Operation,
  OperationParameter,
  OperationResponse,
  SecurityRequirement,
} from '../model/openapi.ts';
import type { Limits } from './limits.ts';
import { type OpenApiContext, OpenApiParts } from './openapi-parts.ts';
import { RequiredSchemes } from './openapi-security.ts';
import { serversOf } from './openapi-servers.ts';
import { child, flagIn, items, members, namesOf, objectOf, type Spot, textIn, textsIn } from './spot.ts';
import { newRecord } from './tree.ts';
import type { UsedOperations } from './used-operations.ts';

const methods = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
] as const satisfies FixedMethod[];

/** An operation that is there, not yet read. */
interface Entry {
  readonly spot: Spot;
  readonly method: Method;
  readonly path: string;
  readonly pathItem: PathItem;
  readonly operationId: string | undefined;
  readonly isUsed: boolean;
}

interface Found extends Pick<Entry, 'spot' | 'method'> {
  /** As an `operationPath` names it. */
  readonly pointer: string;
}

/** What stands at a path; with a `$ref`, what stands beside it comes before what it leads to. */
interface PathItem {
  readonly own: Spot;
  readonly referred: Spot | undefined;
}

export class OperationReader {
  readonly #context: OpenApiContext;
  readonly #root: Spot;
  readonly #used: UsedOperations | undefined;
  readonly #limits: Limits;
  readonly #parts: OpenApiParts;
  /** Those that operations need, once these are read. */
  readonly schemes: RequiredSchemes;
  #partsRead = 0;

  /** `used` absent: all operations matter. */
  constructor(context: OpenApiContext, root: Spot, used: UsedOperations | undefined, limits: Limits) {
    this.#context = context;
    this.#root = root;
    this.#used = used;
    this.#limits = limits;
    this.#parts = new OpenApiParts(context);
    this.schemes = new RequiredSchemes(root, context);
  }

  operations(): Operation[] {
    const entries = this.#entries();
    const read = new Map<Entry, Operation>();
    this.#tellDuplicates(entries);
    for (const isUsed of [true, false]) {
      this.#context.faults.muted = !isUsed;
      for (const entry of entries) if (entry.isUsed === isUsed) read.set(entry, this.#operation(entry));
      this.#context.schemas.drain();
    }
    this.#context.faults.muted = false;
    return entries.flatMap((entry) => read.get(entry) ?? []);
  }

  #entries(): Entry[] {
    const paths = child(this.#root, 'paths');
    if (paths && !objectOf(paths)) this.#context.faults.member(paths.at, paths.value, 'an object of paths');
    const entries: Entry[] = [];
    for (const [path, spot] of members(paths)) {
      if (!path.startsWith('/')) continue;
      entries.push(...this.#entriesAt(path, spot));
      if (entries.length > this.#limits.operations)
        return this.#tooMany(entries, 'operations', this.#limits.operations);
    }
    return entries;
  }

  #tooMany(entries: Entry[], what: string, limit: number): Entry[] {
    this.#context.faults.note('OAS011', this.#root.at, { what, limit });
    return entries.slice(0, limit);
  }

  #entriesAt(path: string, own: Spot): Entry[] {
    const referred = textIn(own, '$ref') === undefined ? undefined : this.#parts.target(own, 'a path item');
    const pathItem: PathItem = { own, referred };
    const fixed = methods.flatMap((method) => {
      const spot = memberOf(pathItem, method);
      return spot ? [{ method, spot, pointer: below(own.at, method).pointer }] : [];
    });
    return [...fixed, ...this.#additional(pathItem)].flatMap(({ method, spot, pointer }) => {
      if (!objectOf(spot)) {
        this.#context.faults.member(spot.at, spot.value, 'an operation');
        return [];
      }
      const operationId = textIn(spot, 'operationId');
      return [{ spot, method, path, pathItem, operationId, isUsed: this.#isUsed(operationId, pointer) }];
    });
  }

  #isUsed(operationId: string | undefined, pointer: string): boolean {
    if (!this.#used) return true;
    return (operationId !== undefined && this.#used.ids.has(operationId)) || this.#used.pointers.has(pointer);
  }

  /** Of other methods (OpenAPI 3.2); what has a field of its own, and what cannot be sent, has no place there. */
  #additional(pathItem: PathItem): Found[] {
    return members(memberOf(pathItem, 'additionalOperations')).flatMap(([method, spot]) => {
      const pointer = below(pathItem.own.at, 'additionalOperations', method).pointer;
      if (isAdditionalMethod(method)) return [{ method, spot, pointer }];
      // Whoever wrote the name of the method otherwise here meant it all the same.
      const meant = below(pathItem.own.at, 'additionalOperations', method.toUpperCase()).pointer;
      if (this.#isUsed(textIn(spot, 'operationId'), pointer) || this.#isUsed(undefined, meant))
        this.#context.faults.note('OAS012', keyAt(spot.at), { method });
      return [];
    });
  }

  #tellDuplicates(entries: readonly Entry[]): void {
    const first = new Map<string, Entry>();
    for (const entry of entries) {
      if (entry.operationId === undefined) continue;
      const before = first.get(entry.operationId);
      if (!before) first.set(entry.operationId, entry);
      else if (entry.isUsed) {
        const [place, other] = [entry, before].map(({ spot }) => child(spot, 'operationId')?.at ?? spot.at);
        if (place && other) {
          this.#context.faults.note('OAS006', place, { operationId: entry.operationId, first: other });
        }
      }
    }
  }

  #operation({ spot, method, path, pathItem, operationId }: Entry): Operation {
    const body = child(spot, 'requestBody');
    const requestBody = body && this.#parts.body(body);
    const summary = textIn(spot, 'summary') ?? textIn(spot, 'description');
    return {
      at: spot.at,
      method,
      path,
      ...(operationId !== undefined && { operationId }),
      ...(summary !== undefined && { summary }),
      deprecated: flagIn(spot, 'deprecated') ?? false,
      parameters: this.#parameters(spot, pathItem),
      ...(requestBody && { requestBody }),
      responses: this.#responses(spot),
      security: this.#security(spot),
      servers: serversOf([spot, pathItem.own, pathItem.referred, this.#root]),
    };
  }

  /** Those of the path, each replaced by the operation's of the same name and place, then the operation's others. */
  #parameters(spot: Spot, pathItem: PathItem): OperationParameter[] {
    const parameters = new Map<string, OperationParameter>();
    for (const owner of [memberOf(pathItem, 'parameters'), child(spot, 'parameters')]) {
      const seen = new Set<string>();
      for (const item of items(owner)) {
        const parameter = this.#isRoomForPart() ? this.#parts.parameter(item) : undefined;
        const key =
          parameter && `${parameter.in} ${parameter.in === 'header' ? parameter.name.toLowerCase() : parameter.name}`;
        if (parameter && key !== undefined && !seen.has(key)) parameters.set(key, parameter);
        if (key !== undefined) seen.add(key);
      }
    }
    return [...parameters.values()];
  }

  #responses(spot: Spot): OperationResponse[] {
    return members(child(spot, 'responses')).flatMap(([status, entry]) => {
      if (!/^(?:default|[1-5](?:\d\d|XX))$/i.test(status) || !this.#isRoomForPart()) return [];
      const name = status.toLowerCase() === 'default' ? 'default' : status.toUpperCase();
      return this.#parts.response(name, entry) ?? [];
    });
  }

  #isRoomForPart(): boolean {
    this.#partsRead += 1;
    const limit = this.#limits.operationParts;
    if (this.#partsRead === limit + 1) {
      this.#context.faults.note('OAS011', this.#root.at, { what: 'parameters and responses', limit });
    }
    return this.#partsRead <= limit;
  }

  #security(spot: Spot): SecurityRequirement[] {
    const own = child(spot, 'security');
    const stated = own && Array.isArray(own.value) ? own : child(this.#root, 'security');
    return items(stated).flatMap((entry) => (objectOf(entry) ? [this.#requirement(entry)] : []));
  }

  #requirement(entry: Spot): SecurityRequirement {
    const requirement = newRecord() as { [scheme: string]: readonly string[] };
    const known = namesOf(child(child(this.#root, 'components'), 'securitySchemes'));
    for (const [scheme, { at }] of members(entry)) {
      const name = this.schemes.nameFor(scheme);
      requirement[name ?? scheme] = textsIn(entry, scheme);
      if (name === undefined) this.#context.faults.note('OAS010', keyAt(at), { scheme, known });
    }
    return requirement;
  }
}

/** CONNECT asks for a tunnel, and no resource answers it. */
function isAdditionalMethod(method: string): method is Uppercase<string> {
  const isFixed = (methods as readonly string[]).includes(method.toLowerCase());
  return /^[A-Z][A-Z0-9-]*$/.test(method) && !isFixed && method !== 'CONNECT';
}

function memberOf({ own, referred }: PathItem, key: string): Spot | undefined {
  return child(own, key) ?? child(referred, key);
}
