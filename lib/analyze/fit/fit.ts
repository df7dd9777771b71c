/**
 * Whether what one schema gives is what another takes. A misfit is reported only where the two schemas prove it: `certain`,
 * no value of the first is one of the second; else, some value that the first names in so many words (a type of its list,
 * a value of its enum, a bound) is none of the second. What neither says is no misfit. JSON Schema 2020-12, as lib/read
 * gives it.
 */
import { isObject, type Json, own } from '../../model/json.ts';
import { facetsOf, type Facets, type Range } from './facets.ts';
import { excludeEachOther } from './formats.ts';
import { isSame, kindOfValue, kindWords, type Kind } from './kinds.ts';
import { type Member, memberOf } from './members.ts';
import { closedTo, namesOf, requiredOf } from './names.ts';
import type { Typed } from './typed.ts';

export type MisfitKind = 'missing' | 'absent' | 'null' | 'type' | 'value' | 'format' | 'size' | 'member';

export interface Misfit {
  readonly kind: MisfitKind;
  /** It never fits; else, it does not always. */
  readonly certain: boolean;
  /** Members on the way to it, inside the value; `*` is each element. */
  readonly path: readonly string[];
  /** What there is, in words. */
  readonly given: string;
  /** What is wanted, in words. */
  readonly wanted: string;
}

/** How a value is sent: as JSON, or written out as text (path, query, header, cookie). */
export type Sent = 'json' | 'text';

const MAX_DEPTH = 8;
/** Pairs of schemas that are compared for one value. */
const MAX_PAIRS = 2_000;

export function misfits(given: Typed, wanted: Typed, sent: Sent): readonly Misfit[] {
  const element = sent === 'text' && isOneOfList(given, wanted) ? itemOf(wanted) : undefined;
  return new Comparison(sent).compare(given, element ?? wanted, []);
}

/** Written out, one value looks like a list of it alone. */
function isOneOfList(given: Typed, wanted: Typed): boolean {
  const { kinds } = facetsOf(wanted);
  const from = facetsOf(given);
  return (
    kinds.has('array') && from.isTold && !from.kinds.has('array') && ![...from.kinds].some((kind) => kinds.has(kind))
  );
}

class Comparison {
  private readonly sent: Sent;
  private readonly seen = new Map<Json, Set<Json>>();
  private left = MAX_PAIRS;

  constructor(sent: Sent) {
    this.sent = sent;
  }

  compare(given: Typed, wanted: Typed, path: readonly string[]): readonly Misfit[] {
    if (path.length > MAX_DEPTH || !this.isNew(given.schema, wanted.schema)) return [];
    const to = facetsOf(wanted);
    const from = this.sent === 'text' ? asRead(facetsOf(given), to) : facetsOf(given);
    if (!from.isTold) return [];
    const ofNull = nullMisfits(from, to, this.sent, path);
    const ofKind = kindMisfits(from, to, this.sent, path);
    if (ofKind.some(({ certain }) => certain)) return [...ofNull, ...ofKind];
    const ofValue = valueMisfits(from, to, this.sent, path);
    const scalar = ofValue.length > 0 ? ofValue : [...formatMisfits(from, to, path), ...sizeMisfits(from, to, path)];
    const inside = from.values ? [] : [...this.members(given, wanted, path), ...this.elements(given, wanted, path)];
    return [...ofNull, ...ofKind, ...scalar, ...(both(from, to, 'object') || both(from, to, 'array') ? inside : [])];
  }

  private isNew(given: Json, wanted: Json): boolean {
    const others = this.seen.get(given) ?? new Set();
    this.seen.set(given, others);
    if (others.has(wanted)) return false;
    others.add(wanted);
    this.left -= 1;
    return this.left > 0;
  }

  private members(given: Typed, wanted: Typed, path: readonly string[]): readonly Misfit[] {
    if (!facetsOf(given).kinds.has('object') || !facetsOf(wanted).kinds.has('object')) return [];
    const required = requiredOf(wanted);
    const missing = required.flatMap((name) => missingMember(memberOf(given, name), name, path));
    const shared = namesOf(wanted).flatMap((name) => {
      const mine = memberOf(given, name).typed;
      const theirs = memberOf(wanted, name).typed;
      return mine && theirs ? this.compare(mine, theirs, [...path, name]) : [];
    });
    const more = namesOf(given).filter((name) => closedTo(wanted, name));
    return [...missing, ...shared, ...more.map((name) => unexpected(memberOf(given, name), name, path))];
  }

  private elements(given: Typed, wanted: Typed, path: readonly string[]): readonly Misfit[] {
    const mine = itemOf(given);
    const theirs = itemOf(wanted);
    return mine && theirs ? this.compare(mine, theirs, [...path, '*']) : [];
  }
}

/** What is written out is read again by its look: the text `123` is a number where no text is asked for. */
function asRead(from: Facets, to: Facets): Facets {
  if (!from.values || !to.isTold || to.kinds.has('string')) return from;
  const values = from.values.map((value): Json => {
    if (typeof value !== 'string') return value;
    if (/^-?\d{1,15}(\.\d{1,15})?$/.test(value)) return Number(value);
    return value === 'true' || value === 'false' ? value === 'true' : value;
  });
  return { ...from, values, kinds: new Set(values.map(kindOfValue)) };
}

function both(from: Facets, to: Facets, kind: Kind): boolean {
  return from.kinds.has(kind) && to.kinds.has(kind);
}

/** Written out as text, null is a value that is left out: whether that may be is the slot's to say. */
function nullMisfits(from: Facets, to: Facets, sent: Sent, path: readonly string[]): readonly Misfit[] {
  if (sent === 'text' || !from.kinds.has('null') || to.kinds.has('null')) return [];
  const only = from.kinds.size === 1;
  return [{ kind: 'null', certain: only, path, given: 'null', wanted: kindWords(to.kinds) }];
}

function kindMisfits(from: Facets, to: Facets, sent: Sent, path: readonly string[]): readonly Misfit[] {
  if (!to.isTold) return [];
  const kinds = [...from.kinds].filter((kind) => kind !== 'null');
  const unfit = kinds.filter((kind) => !accepts(to, kind, sent));
  if (kinds.length === 0 || unfit.length === 0) return [];
  const certain = unfit.length === kinds.length && !isTextOfNumber(unfit, from, to, sent);
  return [{ kind: 'type', certain, path, given: kindWords(new Set(kinds)), wanted: kindWords(to.kinds) }];
}

function accepts({ kinds }: Facets, kind: Kind, sent: Sent): boolean {
  if (kinds.has(kind)) return true;
  return sent === 'text' && kinds.has('string') && kind !== 'object' && kind !== 'array';
}

/** Text may hold digits, which is all that is sent. */
function isTextOfNumber(unfit: readonly Kind[], { values, formats }: Facets, to: Facets, sent: Sent): boolean {
  const isNumber = to.kinds.has('integer') || to.kinds.has('fraction') || to.kinds.has('boolean');
  return sent === 'text' && isNumber && unfit.every((kind) => kind === 'string') && !values && !formats;
}

function valueMisfits(from: Facets, to: Facets, sent: Sent, path: readonly string[]): readonly Misfit[] {
  const known = from.values?.filter((value) => value !== null);
  if (!known || known.length === 0) return [];
  const unfit = known.filter((value) => !isListed(value, to, sent));
  if (unfit.length === 0) return [];
  const certain = unfit.length === known.length;
  return [{ kind: 'value', certain, path, given: valueWords(unfit), wanted: valueWords(to.values ?? []) }];
}

function isListed(value: Json, { values }: Facets, sent: Sent): boolean {
  if (!values) return true;
  return values.some((one) => isSame(one, value) || (sent === 'text' && String(one) === String(value)));
}

const MOST_VALUES = 6;

function valueWords(values: readonly Json[]): string {
  const shown = values.slice(0, MOST_VALUES).map((value) => JSON.stringify(value).slice(0, 40));
  return `${shown.join(', ')}${values.length > MOST_VALUES ? ', ...' : ''}`;
}

function formatMisfits(from: Facets, to: Facets, path: readonly string[]): readonly Misfit[] {
  const { formats: wanted } = to;
  if (!from.formats || !wanted || !both(from, to, 'string')) return [];
  const unfit = from.formats.filter((one) => wanted.every((other) => excludeEachOther(one, other)));
  if (unfit.length === 0) return [];
  const certain = unfit.length === from.formats.length && [...from.kinds].every((kind) => kind === 'string');
  return [{ kind: 'format', certain, path, given: unfit.join(' or '), wanted: wanted.join(' or ') }];
}

function sizeMisfits(from: Facets, to: Facets, path: readonly string[]): readonly Misfit[] {
  const isText = both(from, to, 'string');
  const isNumber = both(from, to, 'integer') || both(from, to, 'fraction');
  const isList = both(from, to, 'array');
  return [
    ...(isText ? rangeMisfits(withValues(from, 'string'), to.length, 'characters', path) : []),
    ...(isNumber ? rangeMisfits(withValues(from, 'integer'), to.size, '', path) : []),
    ...(isList ? rangeMisfits(from.items, to.items, 'elements', path) : []),
  ];
}

/** The bounds that follow from listed values are as good as written ones. */
function withValues(from: Facets, kind: 'string' | 'integer'): Range {
  const written = kind === 'string' ? from.length : from.size;
  const sizes = (from.values ?? []).flatMap((value) => {
    if (kind === 'string') return typeof value === 'string' ? [Array.from(value).length] : [];
    return kindOfValue(value) === 'integer' || kindOfValue(value) === 'fraction' ? [value as number] : [];
  });
  return sizes.length === 0 ? written : { least: Math.min(...sizes), most: Math.max(...sizes) };
}

function rangeMisfits(from: Range, to: Range, unit: string, path: readonly string[]): readonly Misfit[] {
  const tooMuch = from.most !== undefined && to.most !== undefined && from.most > to.most;
  const tooLittle = from.least !== undefined && to.least !== undefined && from.least < to.least;
  const apart =
    (from.least !== undefined && to.most !== undefined && from.least > to.most) ||
    (from.most !== undefined && to.least !== undefined && from.most < to.least);
  if (!tooMuch && !tooLittle && !apart) return [];
  return [{ kind: 'size', certain: apart, path, given: rangeWords(from, unit), wanted: rangeWords(to, unit) }];
}

function rangeWords({ least, most }: Range, unit: string): string {
  const words =
    least === undefined ? `at most ${most}` : most === undefined ? `at least ${least}` : `${least} to ${most}`;
  return unit === '' ? words : `${words} ${unit}`;
}

function missingMember({ presence }: Member, name: string, path: readonly string[]): readonly Misfit[] {
  const at = { path: [...path, name], wanted: 'required' };
  if (presence === 'never' || presence === 'untold') {
    return [{ kind: 'missing', certain: presence === 'never', given: 'not among its members', ...at }];
  }
  return presence === 'maybe' ? [{ kind: 'absent', certain: false, given: 'may be left out', ...at }] : [];
}

function unexpected({ presence }: Member, name: string, path: readonly string[]): Misfit {
  const certain = presence === 'sure';
  const given = certain ? 'always there' : 'may be there';
  return { kind: 'member', certain, path: [...path, name], given, wanted: 'no other members' };
}

function itemOf(typed: Typed): Typed | undefined {
  const { schema, definitions } = typed;
  if (!isObject(schema)) return undefined;
  const items = own(schema, 'items');
  if (items !== undefined && own(schema, 'prefixItems') === undefined) return { schema: items, definitions };
  // Far beyond any minItems, so that only what holds for every element answers.
  return items === undefined ? memberOf(typed, '1000000').typed : undefined;
}
