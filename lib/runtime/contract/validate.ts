/**
 * Whether a value holds to a schema, and if not, the first place and rule that it breaks; never the value. Plain schemas are
 * judged without ajv (plain-schema.ts); for the others it is loaded once, and each schema is compiled once per plan. Patterns
 * are matched in linear time (lib/expressions/regex.ts); one that this engine lacks is not asked, and a judgement that takes
 * too much work says nothing.
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Definitions } from '../../model/schema-members.ts';
import { compileRegex, loadRegex } from '../../expressions/regex.ts';
import { counted, judged, newAjv, preloadAjv } from '../ajv.ts';
import { surelyFits } from '../plain-schema.ts';
import { DirectedSchemas, type Direction, inlined } from './schemas.ts';

export interface Break {
  /** JSON Pointer into the value. */
  readonly pointer: string;
  /** In words that hold nothing of the value. */
  readonly message: string;
  /** The keyword of the schema. */
  readonly rule: string;
}

export interface Held {
  readonly schema: Json;
  readonly definitions: Definitions;
  readonly direction: Direction;
  readonly value: Json;
  /** On the wire it is a text, and `5` the same as `"5"`. */
  readonly asText?: boolean;
}

export async function firstBreak({
  schema,
  definitions,
  direction,
  value,
  asText = false,
}: Held): Promise<Break | undefined> {
  const document = documentOf(definitions, direction);
  const validator = document.validatorOf(schema);
  if (validator.plain !== undefined && surelyFits(validator.plain, value)) return undefined;
  const validate = await validator.compiled(asText);
  // Coercion writes into what it is given.
  if (judged(validate, asText ? structuredClone(value) : value) !== false) return undefined;
  const errors = validate.errors ?? [];
  // Of alternatives that all fail, the first one's own fault would mislead.
  return breakOf(errors.find(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf') ?? errors[0]);
}

function breakOf(error: ErrorObject | undefined): Break {
  if (!error) return { pointer: '', message: 'is nothing that the document allows', rule: 'false' };
  const { instancePath, keyword, params, message } = error;
  return { pointer: instancePath, message: messageOf(keyword, params, message), rule: keyword };
}

function messageOf(keyword: string, params: { readonly [name: string]: unknown }, message: string | undefined): string {
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'must not have a member that the document does not name';
    case 'enum':
      return `must be one of ${JSON.stringify(params['allowedValues'])}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    case 'false schema':
      return 'must not be there';
    default:
      return message ?? `breaks the rule \`${keyword}\``;
  }
}

interface Validator {
  readonly plain: Json | undefined;
  compiled(asText: boolean): Promise<ValidateFunction>;
}

/** All schemas of one document, in one direction. */
class Document {
  private readonly schemas: DirectedSchemas;
  private readonly validators = new Map<Json, Validator>();

  constructor(definitions: Definitions, direction: Direction) {
    this.schemas = new DirectedSchemas(definitions, direction);
  }

  validatorOf(schema: Json): Validator {
    const known = this.validators.get(schema);
    if (known) return known;
    const { definitions } = this.schemas;
    const directed = this.schemas.directed(schema);
    const compiling = new Map<boolean, Promise<ValidateFunction>>();
    const validator: Validator = {
      plain: inlined(directed, definitions),
      compiled(asText) {
        const compiled = compiling.get(asText) ?? compile(directed, definitions, asText);
        compiling.set(asText, compiled);
        return compiled;
      },
    };
    this.validators.set(schema, validator);
    return validator;
  }
}

const documents = new WeakMap<Definitions, Map<Direction, Document>>();

function documentOf(definitions: Definitions, direction: Direction): Document {
  const known = documents.get(definitions) ?? new Map<Direction, Document>();
  documents.set(definitions, known);
  const document = known.get(direction) ?? new Document(definitions, direction);
  known.set(direction, document);
  return document;
}

/** For hosts of virtual time, which does not wait for a disk: before time begins. */
export async function loadValidator(): Promise<void> {
  await Promise.all([preloadAjv(), loadRegex()]);
}

async function compile(schema: Json, definitions: JsonObject, asText: boolean): Promise<ValidateFunction> {
  await loadRegex();
  const ajv = await newAjv({
    strict: false,
    // The reader has seen to it that the schemas are well-formed.
    validateSchema: false,
    meta: false,
    validateFormats: false,
    // Written out, a value looks like a list of it alone.
    coerceTypes: asText ? 'array' : false,
    code: { regExp: Object.assign(linear, { code: 'linear' }) },
  });
  const root = isObject(schema) ? schema : schema === true ? {} : { not: {} };
  try {
    return ajv.compile(counted({ ...root, $defs: definitions }));
  } catch {
    // What nobody can compile says nothing of a value.
    return ajv.compile({});
  }
}

/** By `toString` the compiler tells one from another. */
function linear(pattern: string): { test(text: string): boolean; toString(): string } {
  const compiled = compileRegex(pattern);
  return { test: (text) => !compiled.ok || compiled.matches(text) !== false, toString: () => pattern };
}
