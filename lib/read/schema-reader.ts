/**
 * Brings schemas of every dialect to JSON Schema 2020-12 with nothing but well-typed keywords. What a `$ref` leads to,
 * in whichever file, is collected once under a name and referred to as `#/$defs/<name>`, so schemas that contain
 * themselves are harmless. What cannot be used is left out and told to `SchemaFaults`: a schema without it allows more,
 * never less. OpenAPI 3.0.4 section 4.7.24, 3.1.1 section 4.8.24.
 */
import { segmentsOf } from '../diagnostics/place.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json } from '../model/json.ts';
import type { ReferenceProblem } from '../model/reading.ts';
import type { DocumentSet } from './document-set.ts';
import { followed, type Resolution, resolveReference, withOwnBase } from './resolve.ts';
import { breakCircles } from './schema-circles.ts';
import { convertedSchema, type SchemaContext } from './schema-conversion.ts';
import { child, objectOf, type Spot, textIn } from './spot.ts';
import { newRecord, type OpenRecord } from './tree.ts';

export interface SchemaFaults {
  /** While true, faults of what is read are nobody's concern. */
  readonly muted: boolean;
  unresolvable(at: Place, reference: string, problem: ReferenceProblem): void;
  /** A keyword with a value that it cannot have: `wanted` says what it may be. */
  unfit(at: Place, keyword: string, value: Json, wanted: string): void;
  /** A reference by which a schema, applied to a value, is applied to the same value again without end. */
  circle(at: Place, name: string): void;
}

/** The schemas of one document, under one roof. */
export class SchemaReader {
  /** By the name used in `#/$defs/<name>`; complete after `finish`. */
  readonly definitions: OpenRecord = newRecord();
  readonly #documentSet: DocumentSet;
  readonly #faults: SchemaFaults;
  readonly #localRoot: Spot | undefined;
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** The last number that a name was given to tell it from others. */
  readonly #numbers = new Map<string, number>();
  readonly #places = new Map<string, Place>();
  readonly #waiting: { readonly name: string; readonly spot: Spot }[] = [];
  readonly #context: SchemaContext;

  /** `localRoot`: a schema whose own `$defs` may be meant by `#/$defs/...` although it stands inside a document. */
  constructor(documentSet: DocumentSet, faults: SchemaFaults, localRoot?: Spot) {
    this.#documentSet = documentSet;
    this.#faults = faults;
    this.#localRoot = localRoot;
    this.#context = {
      unfit: (at, keyword, value, wanted) => faults.unfit(at, keyword, value, wanted),
      referenceTo: (spot, reference) => this.#referenceTo(spot, reference),
    };
  }

  schema(spot: Spot): Json {
    return convertedSchema(withOwnBase(spot), this.#context);
  }

  /** Reads the definitions that were referred to so far. */
  drain(): void {
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) {
      this.definitions[next.name] = this.schema(next.spot);
    }
  }

  finish(): void {
    this.drain();
    for (const name of breakCircles(this.definitions)) {
      const place = this.#places.get(name);
      if (place) this.#faults.circle(place, name);
    }
  }

  /** The local reference that stands for what `reference` leads to; undefined where that is no schema. */
  #referenceTo(spot: Spot, reference: string): string | undefined {
    const resolution = this.#resolved(spot, reference);
    const target = 'spot' in resolution ? resolution.spot : undefined;
    if (target && (isObject(target.value) || typeof target.value === 'boolean'))
      return `#/$defs/${this.#nameOf(target)}`;
    const problem: ReferenceProblem =
      'problem' in resolution ? resolution.problem : { kind: 'unfit', wanted: 'a schema' };
    this.#faults.unresolvable(spot.at, reference, problem);
    return undefined;
  }

  #resolved(spot: Spot, reference: string): Resolution {
    const resolution = resolveReference(this.#documentSet, reference, spot);
    if ('spot' in resolution || !this.#localRoot || !reference.startsWith('#/')) return resolution;
    let local: Spot | undefined = this.#localRoot;
    for (const segment of segmentsOf(reference.slice(1))) local = child(local, segment);
    return local ? { spot: local } : resolution;
  }

  #nameOf(spot: Spot): string {
    const key = `${spot.at.document}#${spot.at.pointer}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = this.#unused(plainName(spot.at));
    this.#names.set(key, name);
    this.#taken.add(name);
    if (!this.#faults.muted) this.#places.set(name, spot.at);
    this.#waiting.push({ name, spot });
    return name;
  }

  #unused(wanted: string): string {
    let name = wanted;
    let number = this.#numbers.get(wanted) ?? 1;
    while (this.#taken.has(name)) name = `${wanted}_${++number}`;
    this.#numbers.set(wanted, number);
    return name;
  }
}

/**
 * A schema that stands alone: what it refers to is under its own `$defs`, and at its root stands a schema rather than
 * a reference to one.
 */
export function closedSchema(documentSet: DocumentSet, spot: Spot, faults: SchemaFaults): Json {
  const reader = new SchemaReader(documentSet, faults, spot);
  const schema = reader.schema(rootOf(documentSet, spot));
  reader.finish();
  if (!isObject(schema) || Object.keys(reader.definitions).length === 0) return schema;
  return Object.assign(newRecord(), schema, { $defs: reader.definitions });
}

function rootOf(documentSet: DocumentSet, spot: Spot): Spot {
  const object = objectOf(spot);
  const isBareReference =
    object !== undefined && Object.keys(object).length === 1 && textIn(spot, '$ref') !== undefined;
  if (!isBareReference) return spot;
  const target = followed(documentSet, spot);
  return 'spot' in target && isObject(target.spot.value) ? target.spot : spot;
}

/** The last segment of the pointer, or the file's name, in characters that need no escape in a pointer or URI. */
function plainName({ document, pointer }: Place): string {
  const last = segmentsOf(pointer).at(-1) ?? document.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  return last.replaceAll(/[^\w.-]/g, '_') || 'schema';
}
