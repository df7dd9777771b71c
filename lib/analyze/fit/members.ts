/**
 * What a schema says of one member of a value: whether it is there, and its own schema. Through `$ref`, `allOf` and the
 * alternatives of `anyOf` and `oneOf`; bounded, since schemas refer to themselves. A word that is not understood here makes
 * the answer `unknown`, never a fault.
 */
import { isIndex } from '../../expressions/pointer.ts';
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';
import { type Combining, combined } from './combined.ts';
import { facetsOf, listAt } from './facets.ts';
import { SchemaMemory } from './memory.ts';
import { referred, type Typed } from './typed.ts';

/**
 * `sure`: required. `maybe`: declared, and may be left out. `untold`: others are declared, it is not. `never`: excluded.
 * `unknown`: the schema leaves it open.
 */
export type Presence = 'sure' | 'maybe' | 'untold' | 'never' | 'unknown';

export interface Member {
  readonly presence: Presence;
  /** Absent where nothing is said of its value. */
  readonly typed?: Typed;
}

const UNKNOWN: Member = { presence: 'unknown' };
const memory = new SchemaMemory<Member>(UNKNOWN);

/** Down several members; `maybe` on the way stays so. */
export function memberAt(typed: Typed, tokens: readonly string[]): Member {
  let here: Member = { presence: 'sure', typed };
  for (const token of tokens) {
    if (!here.typed) return UNKNOWN;
    const next = memberOf(here.typed, token);
    const isDoubtful = here.presence === 'maybe' && next.presence === 'sure';
    if (next.presence === 'untold' || next.presence === 'never') return { presence: next.presence };
    here = isDoubtful ? { ...next, presence: 'maybe' } : next;
  }
  return here;
}

export function memberOf(typed: Typed, name: string): Member {
  const { schema } = typed;
  if (!isObject(schema)) return schema === false ? { presence: 'never' } : UNKNOWN;
  return memory.of(typed, name, () => placedMember(typed, schema, name));
}

function placedMember(typed: Typed, schema: JsonObject, name: string): Member {
  const { kinds, isTold } = facetsOf(typed);
  const holds = kinds.has('object') || (isIndex(name) && kinds.has('array'));
  if (isTold && !holds) return { presence: 'never' };
  const found = wholeMember(typed, schema, name);
  // Where the value may be something that has no members (null, say), none is sure to be there.
  const mayLack = isTold && [...kinds].some((kind) => kind !== 'object' && kind !== 'array');
  return found.presence === 'sure' && mayLack ? { ...found, presence: 'maybe' } : found;
}

function wholeMember(typed: Typed, schema: JsonObject, name: string): Member {
  const { definitions } = typed;
  const inner = (one: Json): Member => memberOf({ schema: one, definitions }, name);
  const reference = referred(typed);
  const stated = ownMember(schema, definitions, name);
  const parts: Member[] = stated ? [stated] : [];
  if (reference) parts.push(memberOf(reference, name));
  else if (own(schema, '$ref') !== undefined) return UNKNOWN;
  for (const one of listAt(schema, 'allOf')) parts.push(inner(one));
  for (const key of ['anyOf', 'oneOf']) {
    const branches = listAt(schema, key).filter((one) => !isNullOnly({ schema: one, definitions }));
    if (branches.length > 0) parts.push(eitherOf(branches.map(inner), definitions));
  }
  return bothOf(parts, definitions);
}

function isNullOnly(typed: Typed): boolean {
  const { kinds, isTold } = facetsOf(typed);
  return isTold && kinds.size === 1 && kinds.has('null');
}

/** Undefined where the schema's own words are not about members at all. */
function ownMember(schema: JsonObject, definitions: JsonObject, name: string): Member | undefined {
  const properties = own(schema, 'properties');
  const declared = isObject(properties) ? own(properties, name) : undefined;
  const isRequired = listAt(schema, 'required').includes(name);
  if (declared !== undefined) {
    return { presence: isRequired ? 'sure' : 'maybe', typed: { schema: declared, definitions } };
  }
  if (isRequired) return { presence: 'sure', typed: { schema: true, definitions } };
  if (isIndex(name) && (own(schema, 'items') !== undefined || own(schema, 'prefixItems') !== undefined)) {
    return elementOf(schema, definitions, Number(name));
  }
  return others(schema, definitions, isObject(properties));
}

function elementOf(schema: JsonObject, definitions: JsonObject, index: number): Member {
  const least = own(schema, 'minItems');
  const element = listAt(schema, 'prefixItems')[index] ?? own(schema, 'items') ?? true;
  return {
    presence: typeof least === 'number' && least > index ? 'sure' : 'maybe',
    typed: { schema: element, definitions },
  };
}

const OPENING = ['patternProperties', 'if', 'dependentSchemas', 'unevaluatedProperties', '$dynamicRef', 'not'];

/** A member that is not declared here. */
function others(schema: JsonObject, definitions: JsonObject, hasProperties: boolean): Member | undefined {
  if (OPENING.some((key) => own(schema, key) !== undefined)) return UNKNOWN;
  const rest = own(schema, 'additionalProperties');
  if (rest === false) return { presence: 'never' };
  if (isObject(rest)) return { presence: 'unknown', typed: { schema: rest, definitions } };
  if (rest === true) return UNKNOWN;
  return hasProperties ? { presence: 'untold' } : undefined;
}

/** Of parts that all hold: the one that knows most counts; what one declares, another's closure means to allow. */
function bothOf(parts: readonly Member[], definitions: JsonObject): Member {
  const rank: readonly Presence[] = ['sure', 'maybe', 'unknown', 'never', 'untold'];
  const presence = rank.find((one) => parts.some((part) => part.presence === one)) ?? 'unknown';
  const schemas = parts.flatMap(({ typed }) => (typed ? [typed.schema] : []));
  return { presence, ...typedAs(schemas, 'allOf', definitions) };
}

/** Of alternatives: it is sure only where each has it. */
function eitherOf(branches: readonly Member[], definitions: JsonObject): Member {
  const has = (presence: Presence): boolean => branches.some((branch) => branch.presence === presence);
  const schemas = branches.flatMap(({ typed }) => (typed ? [typed.schema] : []));
  const isWhole = branches.every(({ typed, presence }) => typed ?? (presence === 'untold' || presence === 'never'));
  const typed = isWhole ? typedAs(schemas, 'anyOf', definitions) : {};
  if (has('unknown')) return { presence: 'unknown', ...typed };
  if (!has('sure') && !has('maybe')) return { presence: has('untold') ? 'untold' : 'never' };
  return { presence: branches.every(({ presence }) => presence === 'sure') ? 'sure' : 'maybe', ...typed };
}

function typedAs(schemas: readonly Json[], how: Combining, definitions: JsonObject): { readonly typed?: Typed } {
  const schema = combined(schemas, how, definitions);
  return schema === undefined ? {} : { typed: { schema, definitions } };
}
