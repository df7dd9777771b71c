/**
 * A run's input against its schema (JSON Schema 2020-12). ajv is loaded on first use: most starts of the program need it
 * not. Problems name the place and the rule, and the wrong value only where it is a scalar that nobody declared sensitive
 * (`format: password`, `writeOnly`).
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { isObject, type Json, type JsonObject } from '../model/json.ts';

export interface InputProblem {
  /** JSON Pointer into the input. */
  readonly pointer: string;
  readonly message: string;
  readonly value?: Json;
}

const MAX_PROBLEMS = 50;

export async function inputProblems(schema: Json, input: Json): Promise<readonly InputProblem[]> {
  const validate = await validatorOf(schema);
  if (typeof validate === 'string') return [{ pointer: '', message: `The inputs schema cannot be used: ${validate}` }];
  if (validate(input)) return [];
  return (validate.errors ?? []).slice(0, MAX_PROBLEMS).map(problemOf);
}

const validators = new WeakMap<JsonObject, ValidateFunction | string>();

/** Plans never change, and compiling a schema takes longer than all the rest of a start. */
async function validatorOf(schema: Json): Promise<ValidateFunction | string> {
  const known = isObject(schema) ? validators.get(schema) : undefined;
  const validate = known ?? (await compiled(schema));
  if (isObject(schema)) validators.set(schema, validate);
  return validate;
}

/** Or why it cannot be used: the schema is the author's. */
async function compiled(schema: Json): Promise<ValidateFunction | string> {
  const [{ Ajv2020 }, formats] = await Promise.all([import('ajv/dist/2020.js'), import('ajv-formats')]);
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true, validateFormats: true });
  formats.default.default(ajv);
  try {
    return ajv.compile(isObject(schema) ? { ...schema } : schema === true);
  } catch (error) {
    return error instanceof Error ? error.message : 'it does not compile';
  }
}

function problemOf(error: ErrorObject): InputProblem {
  const message = messageOf(error);
  // ajv hands back a part of the input, which is JSON.
  const shown = isShown(error) ? { value: error.data as Json } : {};
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

function isShown({ data, parentSchema }: ErrorObject): boolean {
  const isScalar = data === null || typeof data !== 'object';
  return (
    isScalar && data !== undefined && parentSchema?.['format'] !== 'password' && parentSchema?.['writeOnly'] !== true
  );
}
