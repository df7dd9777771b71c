/**
 * A run's input against its schema (JSON Schema 2020-12). ajv is loaded on first use, and most starts of the program need
 * it not: a plain schema and an input that fits it are seen through without it. Problems name the place and the rule, and
 * the wrong value only where it is a scalar that is not sensitive (`format: password`, `writeOnly`, or named by the plan).
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { oncePer } from '../model/once-per.ts';
import { counted, judged, newAjv } from './ajv.ts';
import { ALL } from './keep.ts';
import { surelyFits } from './plain-schema.ts';

export interface InputProblem {
  /** JSON Pointer into the input. */
  readonly pointer: string;
  readonly message: string;
  readonly value?: Json;
}

const MAX_PROBLEMS = 50;

export async function inputProblems(
  schema: Json,
  input: Json,
  sensitive: readonly string[] = [],
): Promise<readonly InputProblem[]> {
  if (surelyFits(schema, input)) return [];
  const validate = await validatorOf(schema);
  if (typeof validate === 'string') return [{ pointer: '', message: `The inputs schema cannot be used: ${validate}` }];
  const verdict = judged(validate, input);
  if (verdict === 'too-much-work')
    return [{ pointer: '', message: 'The inputs schema takes too much work to be held against this input' }];
  if (verdict) return [];
  return (validate.errors ?? []).slice(0, MAX_PROBLEMS).map((error) => problemOf(error, sensitive));
}

type Validator = ValidateFunction | string;

/** A bulk run judges thousands of inputs by one schema. */
const compiledOnce = oncePer((schema: JsonObject) => compiled(schema));

function validatorOf(schema: Json): Promise<Validator> {
  return isObject(schema) ? compiledOnce(schema) : compiled(schema);
}

/** Or why it cannot be used: the schema is the author's. */
async function compiled(schema: Json): Promise<Validator> {
  const options = { allErrors: true, strict: false, verbose: true, validateFormats: true };
  const [ajv, formats] = await Promise.all([newAjv(options), import('ajv-formats')]);
  // A CommonJS package's default, as in ajv.ts.
  formats.default.default(ajv);
  try {
    return ajv.compile(isObject(schema) ? counted(schema) : schema === true);
  } catch (error) {
    return error instanceof Error ? error.message : 'it does not compile';
  }
}

function problemOf(error: ErrorObject, sensitive: readonly string[]): InputProblem {
  const message = messageOf(error);
  // ajv hands back a part of the input, which is JSON.
  const shown = isShown(error) && !isWithin(error.instancePath, sensitive) ? { value: error.data as Json } : {};
  return { pointer: error.instancePath, message, ...shown };
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `must not have the member \`${params['additionalProperty'] ?? params['unevaluatedProperty']}\``;
    case 'enum':
      return `must be one of ${JSON.stringify(params['allowedValues'])}`;
    case 'const':
      return `must be ${JSON.stringify(params['allowedValue'])}`;
    default:
      return message ?? `breaks the rule \`${keyword}\``;
  }
}

/** Inside a member that the plan has as sensitive, whatever its own schema says. */
function isWithin(pointer: string, sensitive: readonly string[]): boolean {
  const [, member = ''] = pointer.split('/');
  const name = member.replaceAll('~1', '/').replaceAll('~0', '~');
  return sensitive.length > 0 && (pointer === '' || sensitive.includes(ALL) || sensitive.includes(name));
}

function isShown({ data, parentSchema }: ErrorObject): boolean {
  const isScalar = data === null || typeof data !== 'object';
  return (
    isScalar && data !== undefined && parentSchema?.['format'] !== 'password' && parentSchema?.['writeOnly'] !== true
  );
}
