/**
 * Holds a positioned value against one of our JSON Schemas and yields faults that already say what is meant: a small
 * interpreter of the keywords that schemas/ uses (test/unit/check/shape.test.ts holds it to ajv's verdict and refuses any
 * other keyword). Ajv itself takes half a second to load and compile the Arazzo schema, and its answers to `oneOf` and
 * `if` would have to be put together again; here they are never taken apart. Bounded: faults are, and so is the depth,
 * by the reader.
 */
import type { ShapeFault } from '../diagnostics/shape-fault.ts';
import { below, keyAt } from '../diagnostics/place.ts';
import { assert } from '../model/assert.ts';
import { canonicalJson } from '../model/canonical.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { isOfType } from './json-type.ts';
import { withoutEchoes } from './shape-echoes.ts';
import { subjectOf } from './subject.ts';

/** Every schema that may be referred to, by its `$id`. */
export type Schemas = ReadonlyMap<string, JsonObject>;

export interface ShapeRequest {
  readonly schemas: Schemas;
  /** `$id` of a schema, with a pointer if it is one of its definitions: `x-interlock.schema.json#/$defs/step`. */
  readonly schema: string;
  readonly value: Json;
  readonly place: Place;
  /** The document's root, from which a fault's subject is named; the value itself if left out. */
  readonly root?: Json;
}

const mostFaults = 1_000;

export function shapeFaults(request: ShapeRequest): ShapeFault[] {
  const shape = new Shape(request.schemas, request.root ?? request.value);
  const [schema, base] = shape.resolve(request.schema, '');
  shape.check(request.value, schema, base, request.place);
  return withoutEchoes(shape.faults);
}

type Kind = ShapeFault['kind'];
type FactsOf<K extends Kind> = Omit<Extract<ShapeFault, { kind: K }>, 'kind' | 'place' | 'subject' | 'about' | 'named'>;

class Shape {
  readonly faults: ShapeFault[] = [];
  readonly #schemas: Schemas;
  readonly #root: Json;

  constructor(schemas: Schemas, root: Json) {
    this.#schemas = schemas;
    this.#root = root;
  }

  /** The schema that a reference leads to, and the `$id` of the document it is in. */
  resolve(reference: string, base: string): [Json, string] {
    const [id = '', fragment = ''] = reference.split('#');
    const document = id === '' ? base : id;
    let schema: Json | undefined = this.#schemas.get(document);
    for (const segment of fragment.split('/').slice(1)) schema = isObject(schema) ? schema[segment] : undefined;
    assert(schema !== undefined, `our schemas hold ${document}#${fragment}`);
    return [schema, document];
  }

  check(value: Json, schema: Json, base: string, place: Place): void {
    if (this.faults.length >= mostFaults || !isObject(schema)) return;
    if (typeof schema.$ref === 'string') this.#follow(value, schema, base, place);
    if (!this.#checkType(value, schema, place)) return;
    this.#checkAllowed(value, schema, place);
    this.#checkApplied(value, schema, base, place);
    if (typeof value === 'string') this.#checkText(value, schema, place);
    if (typeof value === 'number') this.#checkNumber(value, schema, place);
    if (Array.isArray(value)) this.#checkItems(value, schema, base, place);
    else if (isObject(value)) this.#checkMembers(value, schema, base, place);
  }

  /** What the reference's own description says counts more than the definition's. */
  #follow(value: Json, schema: JsonObject, base: string, place: Place): void {
    const [target, home] = this.resolve(schema.$ref as string, base);
    const described = isObject(target) && schema.description ? { ...target, description: schema.description } : target;
    this.check(value, described, home, place);
  }

  #checkType(value: Json, schema: JsonObject, place: Place): boolean {
    if (schema.type === undefined) return true;
    const allowed = Array.isArray(schema.type) ? (schema.type as string[]) : [schema.type as string];
    if (allowed.some((type) => isOfType(value, type))) return true;
    this.#add('wrong-type', place, schema, { value, allowed });
    return false;
  }

  #checkAllowed(value: Json, schema: JsonObject, place: Place): void {
    const allowed = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : undefined;
    if (allowed && !allowed.some((one) => one === value)) this.#add('not-allowed', place, schema, { value, allowed });
  }

  #checkApplied(value: Json, schema: JsonObject, base: string, place: Place): void {
    for (const part of listOf(schema.allOf)) this.check(value, part, base, place);
    const keys = listOf(schema.oneOf).flatMap((option) => (isObject(option) ? (option.required as string[]) : []));
    if (keys.length > 0 && isObject(value)) this.#checkChoice(value, keys, schema, place);
    if (schema.if === undefined) return;
    const branch = this.#holds(value, schema.if, base) ? schema.then : schema.else;
    if (branch !== undefined) this.check(value, branch, base, place);
  }

  #checkChoice(value: JsonObject, keys: readonly string[], schema: JsonObject, place: Place): void {
    const found = keys.filter((key) => Object.hasOwn(value, key));
    if (found.length === 1) return;
    const second = found[1];
    this.#add('choice', second === undefined ? place : keyAt(below(place, second)), schema, { keys, found }, place);
  }

  #checkText(value: string, schema: JsonObject, place: Place): void {
    if (typeof schema.pattern === 'string' && !patternOf(schema.pattern).test(value)) {
      this.#add('malformed', place, schema, { value, pattern: schema.pattern, examples: listOf(schema.examples) });
    }
    const { minLength, maxLength } = schema;
    if (typeof minLength === 'number' && value.length < minLength) {
      this.#add('too-few', place, schema, { minimum: minLength, of: 'characters' });
    }
    if (typeof maxLength === 'number' && value.length > maxLength) {
      this.#add('too-many', place, schema, { maximum: maxLength, of: 'characters' });
    }
  }

  #checkNumber(value: number, schema: JsonObject, place: Place): void {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
    const broken: string[] = [];
    if (typeof minimum === 'number' && value < minimum) broken.push(`${minimum} or more`);
    if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) broken.push(`more than ${exclusiveMinimum}`);
    if (typeof maximum === 'number' && value > maximum) broken.push(`${maximum} or less`);
    if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) broken.push(`less than ${exclusiveMaximum}`);
    for (const bound of broken) this.#add('out-of-range', place, schema, { value, bound });
  }

  #checkItems(value: readonly Json[], schema: JsonObject, base: string, place: Place): void {
    this.#checkCount(value.length, 'items', schema, place);
    if (schema.uniqueItems === true) this.#checkUnique(value, schema, place);
    if (schema.items === undefined) return;
    for (const [index, item] of value.entries()) this.check(item, schema.items, base, below(place, index));
  }

  #checkUnique(value: readonly Json[], schema: JsonObject, place: Place): void {
    const seen = new Map<string, number>();
    for (const [index, item] of value.entries()) {
      const text = canonicalJson(item);
      const first = seen.get(text);
      if (first === undefined) seen.set(text, index);
      else this.#add('repeated', below(place, index), schema, { value: item, first: below(place, first) });
    }
  }

  #checkMembers(value: JsonObject, schema: JsonObject, base: string, place: Place): void {
    const keys = Object.keys(value);
    this.#checkCount(keys.length, 'members', schema, place);
    this.#checkRequired(value, schema, place);
    for (const key of keys) this.#checkMember(value[key] as Json, key, schema, base, place);
  }

  #checkRequired(value: JsonObject, schema: JsonObject, place: Place): void {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const missing = listOf(schema.required).filter((key) => !Object.hasOwn(value, key as string));
    if (missing.length === 0) return;
    const keys = (missing as readonly string[]).map((key) => ({ key, about: aboutOf(own(properties, key)) }));
    const conditional = keys.some(({ key }) => !Object.hasOwn(properties, key));
    this.#add('missing-keys', place, {}, { keys, conditional });
  }

  #checkMember(value: Json, key: string, schema: JsonObject, base: string, parent: Place): void {
    const place = below(parent, key);
    if (isObject(schema.propertyNames)) this.#checkName(key, schema.propertyNames, place);
    const properties = isObject(schema.properties) ? schema.properties : {};
    const property = own(properties, key);
    if (isObject(property) && isObject(property.not)) return this.#add('forbidden', keyAt(place), property, { key });
    if (isObject(property) && property.deprecated === true)
      this.#add('deprecated', keyAt(place), property, { key, value });
    if (property !== undefined) return this.check(value, property, base, place);
    const patterns = Object.entries(isObject(schema.patternProperties) ? schema.patternProperties : {});
    const match = patterns.find(([pattern]) => patternOf(pattern).test(key));
    if (match) return this.check(value, match[1], base, place);
    if (schema.additionalProperties === undefined) return;
    if (schema.additionalProperties !== false) return this.check(value, schema.additionalProperties, base, place);
    this.#add('unknown-key', keyAt(place), schema, { key, known: Object.keys(properties) }, parent);
  }

  #checkName(key: string, schema: JsonObject, place: Place): void {
    const pattern = schema.pattern as string;
    if (!patternOf(pattern).test(key)) this.#add('malformed-key', keyAt(place), schema, { key, pattern });
  }

  #checkCount(count: number, of: 'items' | 'members', schema: JsonObject, place: Place): void {
    const [least, most] =
      of === 'items' ? [schema.minItems, schema.maxItems] : [schema.minProperties, schema.maxProperties];
    if (typeof least === 'number' && count < least) this.#add('too-few', place, schema, { minimum: least, of });
    if (typeof most === 'number' && count > most) this.#add('too-many', place, schema, { maximum: most, of });
  }

  /** Conditions look at one object's own keys and their constants: their faults are nobody's. */
  #holds(value: Json, condition: Json, base: string): boolean {
    if (isObject(condition) && Array.isArray(condition.anyOf)) {
      return condition.anyOf.some((option) => this.#holds(value, option, base));
    }
    const trial = new Shape(this.#schemas, this.#root);
    trial.check(value, condition, base, nowhere);
    return trial.faults.length === 0;
  }

  #add<K extends Kind>(kind: K, place: Place, schema: JsonObject, facts: FactsOf<K>, of: Place = place): void {
    const about = aboutOf(schema);
    const named = typeof schema.title === 'string' ? schema.title : '';
    const subject = place === nowhere ? '' : subjectOf(this.#root, of.pointer);
    // The facts are those of this kind: FactsOf says so, but a union cannot be rebuilt from its parts by type.
    this.faults.push({ kind, place, subject, about, named, ...facts } as unknown as ShapeFault);
  }
}

const nowhere: Place = { document: '', pointer: '' };

function aboutOf(schema: Json | undefined): string {
  return isObject(schema) && typeof schema.description === 'string' ? schema.description : '';
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

const patterns = new Map<string, RegExp>();

/** Patterns are our schemas' own, so there are few of them. */
function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, known);
  return known;
}
