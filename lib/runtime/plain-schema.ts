/**
 * Whether a value surely fits a schema that is written in the plain keywords, as nearly all inputs schemas are. Sure or
 * silent: false means that somebody else has to look (lib/runtime/input.ts asks ajv, which takes longer to load and to
 * read its own meta-schema than most runs take to begin). So it decides nothing but speed, and a test holds it to ajv.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { oncePer } from '../model/once-per.ts';

export function surelyFits(schema: Json, value: Json): boolean {
  return (isObject(schema) ? isPlainObject(schema) : schema === true) && fits(schema, value);
}

interface Keyword {
  /** Whether the keyword's own value is one that the standard allows, and that is understood here. */
  readonly isSound: (own: Json) => boolean;
  /** Only asked where it is sound. */
  readonly holds: (own: Json, value: Json, schema: JsonObject) => boolean;
}

/** Also what is looked at only for other values must be plain: a schema that is wrong anywhere is refused as a whole. */
function isPlain(schema: Json): boolean {
  if (typeof schema === 'boolean') return true;
  return isObject(schema) && Object.entries(schema).every(([name, own]) => keyword(name)?.isSound(own) === true);
}

/** Schemas are those of a plan: asked of each once. */
const isPlainObject = oncePer((schema: JsonObject) => isPlain(schema));

function fits(schema: Json, value: Json): boolean {
  if (!isObject(schema)) return schema === true;
  return Object.entries(schema).every(([name, own]) => keyword(name)?.holds(own, value, schema) === true);
}

function keyword(name: string): Keyword | undefined {
  return Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined;
}

const isText = (own: Json): boolean => typeof own === 'string';
const isFlag = (own: Json): boolean => typeof own === 'boolean';
const isScalar = (own: Json): boolean => own === null || typeof own !== 'object';

function listOf(own: Json): readonly Json[] {
  return Array.isArray(own) ? (own as readonly Json[]) : [];
}

function isListOf(own: Json, isMember: (member: Json) => boolean): boolean {
  const list = listOf(own);
  return Array.isArray(own) && new Set(list).size === list.length && list.every(isMember);
}

function saying(isSound: (own: Json) => boolean): Keyword {
  return { isSound, holds: () => true };
}

/** What a keyword asks of values of one type says nothing of the others. */
function ofNumbers(holds: (value: number, limit: number) => boolean): Keyword {
  return {
    isSound: (own) => typeof own === 'number',
    holds: (own, value) => typeof value !== 'number' || (Number.isFinite(value) && holds(value, own as number)),
  };
}

function ofSizes(
  sizeOf: (value: Json) => number | undefined,
  holds: (size: number, limit: number) => boolean,
): Keyword {
  return {
    isSound: (own) => Number.isInteger(own) && (own as number) >= 0,
    holds(own, value) {
      const size = sizeOf(value);
      return size === undefined || holds(size, own as number);
    },
  };
}

/** In characters, not in UTF-16 units. */
const lengthOf = (value: Json): number | undefined =>
  typeof value === 'string' ? Array.from(value).length : undefined;
const countOf = (value: Json): number | undefined => (Array.isArray(value) ? value.length : undefined);
const atLeast = (size: number, limit: number): boolean => size >= limit;
const atMost = (size: number, limit: number): boolean => size <= limit;

const TYPES: { readonly [type: string]: (value: Json) => boolean } = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: (value) => Array.isArray(value),
  object: (value) => isObject(value),
};

function isType(name: Json): boolean {
  return typeof name === 'string' && Object.hasOwn(TYPES, name);
}

function members(value: Json): readonly (readonly [string, Json])[] {
  return isObject(value) ? Object.entries(value) : [];
}

const KEYWORDS: { readonly [name: string]: Keyword } = {
  title: saying(isText),
  description: saying(isText),
  $comment: saying(isText),
  default: saying(() => true),
  example: saying(() => true),
  examples: saying((own) => Array.isArray(own)),
  deprecated: saying(isFlag),
  readOnly: saying(isFlag),
  writeOnly: saying(isFlag),
  // Of the formats only one asks for nothing.
  format: saying((own) => own === 'password'),
  type: {
    isSound: (own) => isType(own) || (listOf(own).length > 0 && isListOf(own, isType)),
    holds: (own, value) => (isText(own) ? [own] : listOf(own)).some((type) => TYPES[type as string]?.(value) === true),
  },
  enum: {
    isSound: (own) => listOf(own).length > 0 && isListOf(own, isScalar),
    holds: (own, value) => listOf(own).includes(value),
  },
  const: { isSound: isScalar, holds: (own, value) => own === value },
  minimum: ofNumbers((value, limit) => value >= limit),
  maximum: ofNumbers((value, limit) => value <= limit),
  exclusiveMinimum: ofNumbers((value, limit) => value > limit),
  exclusiveMaximum: ofNumbers((value, limit) => value < limit),
  minLength: ofSizes(lengthOf, atLeast),
  maxLength: ofSizes(lengthOf, atMost),
  minItems: ofSizes(countOf, atLeast),
  maxItems: ofSizes(countOf, atMost),
  required: {
    isSound: (own) => isListOf(own, isText),
    holds: (own, value) => !isObject(value) || listOf(own).every((name) => Object.hasOwn(value, name as string)),
  },
  properties: {
    isSound: (own) => isObject(own) && Object.values(own).every(isPlain),
    holds: (own, value) =>
      members(own).every(([name, schema]) =>
        isObject(value) && Object.hasOwn(value, name) ? fits(schema, value[name] as Json) : true,
      ),
  },
  additionalProperties: {
    isSound: isPlain,
    holds: (own, value, { properties = {} }) =>
      members(value).every(([name, member]) => Object.hasOwn(properties as JsonObject, name) || fits(own, member)),
  },
  items: {
    isSound: isPlain,
    holds: (own, value) => listOf(value).every((item) => fits(own, item)),
  },
};
