/**
 * A payload as it is written against the schema of its body: members that are missing, misspelt, or constants of another
 * type. Expressions fit whatever is wanted, and so do alternatives (`anyOf`, `oneOf`) as a whole: no fault is found that
 * might be none. A value is compared with a schema once, in however many ways the schema leads to itself.
 */
import { nearest } from '../diagnostics/words.ts';
import { formatPointer } from '../expressions/pointer.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import type { Field, Value } from '../model/value.ts';
import { isOfType } from './json-type.ts';
import {
  aimOf,
  type Definitions,
  itemsOf,
  type Members,
  membersOf,
  partsOf,
  requiredOf,
} from '../model/schema-members.ts';

export type PayloadFault = { readonly path: readonly string[] } & PayloadFaultFacts;

export type PayloadFaultFacts =
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'misspelt'; readonly name: string; readonly meant: string }
  | { readonly kind: 'wrong-type'; readonly value: Json; readonly types: readonly string[] }
  | { readonly kind: 'not-allowed'; readonly value: Json; readonly allowed: readonly Json[] }
  | { readonly kind: 'too-few'; readonly minimum: number };

export interface Against {
  readonly definitions: Definitions;
  /** Pointers of what is put in before the payload is sent. */
  readonly put: ReadonlySet<string>;
}

/** Schemas that are looked at for one payload; what lies beyond is taken to fit. */
const MAX_SCHEMAS = 100_000;

export function payloadFaults(value: Value, schema: Json, against: Against): readonly PayloadFault[] {
  return faultsOf(value, schema, { ...against, compared: new Compared(against.definitions) }, []);
}

interface Comparison extends Against {
  readonly compared: Compared;
}

/** What was compared already: schemas by the place of the value; and what was found out of each schema. */
class Compared {
  readonly #definitions: Definitions;
  readonly #parts = new Map<Json, readonly JsonObject[] | undefined>();
  readonly #members = new Map<Json, Members | undefined>();
  readonly #schemas = new Map<string, Set<Json>>();
  #looked = 0;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  isNew(path: readonly string[], schema: Json): boolean {
    const place = formatPointer(path);
    const schemas = this.#schemas.get(place) ?? new Set();
    this.#schemas.set(place, schemas);
    const isNew = !schemas.has(schema);
    schemas.add(schema);
    return isNew;
  }

  /** Undefined as well where no more may be looked at. */
  partsOf(schema: Json): readonly JsonObject[] | undefined {
    if (!this.#parts.has(schema)) this.#parts.set(schema, partsOf(schema, this.#definitions));
    const parts = this.#parts.get(schema);
    this.#looked += parts?.length ?? 0;
    return this.#looked > MAX_SCHEMAS ? undefined : parts;
  }

  membersOf(schema: Json): Members | undefined {
    if (!this.#members.has(schema)) this.#members.set(schema, membersOf(schema, this.#definitions));
    return this.#members.get(schema);
  }
}

function faultsOf(value: Value, said: Json, against: Comparison, path: readonly string[]): readonly PayloadFault[] {
  const { definitions, compared } = against;
  const schema = aimOf(said, definitions);
  if (!compared.isNew(path, schema)) return [];
  const parts = compared.partsOf(schema);
  if (!parts) return [];
  const within = fieldsOf(value);
  if (within) return faultsInObject(within, { parts, schema, against, path });
  const elements = elementsOf(value);
  if (elements) return faultsInList(elements, { parts, schema, against, path });
  return value.kind === 'literal' ? faultsOfConstant(value.value, parts, path) : [];
}

interface Spot {
  readonly parts: readonly JsonObject[];
  readonly schema: Json;
  readonly against: Comparison;
  readonly path: readonly string[];
}

function faultsInObject(fields: readonly Field[], { parts, schema, against, path }: Spot): readonly PayloadFault[] {
  const typed = faultsOfType({}, parts, path);
  if (typed.length > 0) return typed;
  const given = new Set(fields.map(({ name }) => name));
  const members = against.compared.membersOf(schema);
  const absent = [...(members?.keys() ?? [])].filter((name) => !given.has(name));
  const misspelt = fields.flatMap(({ name }): readonly (PayloadFault & { readonly kind: 'misspelt' })[] => {
    const meant = members && !members.has(name) ? nearest(name, absent) : undefined;
    return meant === undefined ? [] : [{ kind: 'misspelt', name, meant, path: [...path, name] }];
  });
  const meant = new Set(misspelt.map((fault) => fault.meant));
  const missing = requiredOf(parts).filter(
    (name) => !given.has(name) && !meant.has(name) && !against.put.has(formatPointer([...path, name])),
  );
  return [
    ...missing.map((name): PayloadFault => ({ kind: 'missing', name, path })),
    ...misspelt,
    ...fields.flatMap(({ name, value }) =>
      parts.flatMap((part) => {
        const properties = own(part, 'properties');
        const inner = isObject(properties) ? own(properties, name) : undefined;
        return inner === undefined ? [] : faultsOf(value, inner, against, [...path, name]);
      }),
    ),
  ];
}

function faultsInList(items: readonly Value[], { parts, against, path }: Spot): readonly PayloadFault[] {
  const typed = faultsOfType([], parts, path);
  if (typed.length > 0) return typed;
  const least = Math.max(0, ...parts.flatMap((part) => numberAt(part, 'minItems') ?? []));
  const tooFew: readonly PayloadFault[] = items.length < least ? [{ kind: 'too-few', minimum: least, path }] : [];
  const schemas = itemsOf(parts) ?? [];
  const inner = items.flatMap((item, index) =>
    schemas.flatMap((schema) => faultsOf(item, schema, against, [...path, String(index)])),
  );
  return [...tooFew, ...inner];
}

function faultsOfConstant(value: Json, parts: readonly JsonObject[], path: readonly string[]): readonly PayloadFault[] {
  const typed = faultsOfType(value, parts, path);
  if (typed.length > 0) return typed;
  for (const part of parts) {
    const allowed = own(part, 'enum');
    const isScalar = value === null || typeof value !== 'object';
    if (isScalar && Array.isArray(allowed) && !allowed.includes(value)) {
      return [{ kind: 'not-allowed', value, allowed: allowed as readonly Json[], path }];
    }
  }
  return [];
}

function faultsOfType(value: Json, parts: readonly JsonObject[], path: readonly string[]): readonly PayloadFault[] {
  for (const part of parts) {
    const type = own(part, 'type');
    const types = (Array.isArray(type) ? type : [type]).filter((one): one is string => typeof one === 'string');
    if (types.length > 0 && !types.some((one) => isOfType(value, one)))
      return [{ kind: 'wrong-type', value, types, path }];
  }
  return [];
}

function fieldsOf(value: Value): readonly Field[] | undefined {
  if (value.kind === 'object') return value.fields;
  if (value.kind !== 'literal' || !isObject(value.value)) return undefined;
  return Object.entries(value.value).map(([name, inner]) => ({ name, value: { kind: 'literal', value: inner } }));
}

function elementsOf(value: Value): readonly Value[] | undefined {
  if (value.kind === 'array') return value.items;
  if (value.kind !== 'literal' || !Array.isArray(value.value)) return undefined;
  return value.value.map((inner: Json) => ({ kind: 'literal', value: inner }));
}

function numberAt(part: JsonObject, key: string): number | undefined {
  const value = own(part, key);
  return typeof value === 'number' ? value : undefined;
}
