/**
 * What the integrations that we know answer: the fields of a result, their types, which are required. A mocked result
 * is held against it as the service does; fields that the shape does not have are let pass, and so is every result of
 * an integration that has no shape here.
 */
import { unreachable } from '../../model/assert.ts';
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { readResource } from '../definition/integrations.ts';
import type { FieldValidationMode } from './request.ts';

type Shape =
  | { readonly kind: 'text'; readonly shortest?: number; readonly values?: readonly string[] }
  | { readonly kind: 'number'; readonly least?: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape }
  | { readonly kind: 'object'; readonly fields: Fields; readonly required: readonly string[] };

type Fields = Readonly<Record<string, Shape>>;

const text: Shape = { kind: 'text' };
const number: Shape = { kind: 'number' };
const flag: Shape = { kind: 'flag' };
const list = (of: Shape): Shape => ({ kind: 'list', of });
const map = (of: Shape): Shape => ({ kind: 'map', of });
const object = (fields: Fields, required: readonly string[] = []): Shape => ({ kind: 'object', fields, required });

/** An attribute value of DynamoDB holds others of its kind, which are not looked into. */
const attribute = object({
  S: text,
  N: text,
  B: text,
  BOOL: flag,
  NULL: flag,
  SS: list(text),
  NS: list(text),
  BS: list(text),
});
const item = map(attribute);
const capacity = object({
  TableName: text,
  CapacityUnits: number,
  ReadCapacityUnits: number,
  WriteCapacityUnits: number,
});
const written = object({ Attributes: item, ConsumedCapacity: capacity });

const storageClass: Shape = {
  kind: 'text',
  values: [
    'STANDARD',
    'REDUCED_REDUNDANCY',
    'STANDARD_IA',
    'ONEZONE_IA',
    'INTELLIGENT_TIERING',
    'GLACIER',
    'DEEP_ARCHIVE',
    'OUTPOSTS',
    'GLACIER_IR',
    'SNOW',
    'EXPRESS_ONEZONE',
  ],
};

const SHAPES: ReadonlyMap<string, Shape> = new Map([
  ['states:startExecution', object({ ExecutionArn: text, StartDate: text }, ['ExecutionArn', 'StartDate'])],
  [
    'events:putEvents',
    object({ FailedEntryCount: number, Entries: list(object({ EventId: text, ErrorCode: text, ErrorMessage: text })) }),
  ],
  [
    'sqs:sendMessage',
    object({ MessageId: text, SequenceNumber: text, MD5OfMessageBody: text, MD5OfMessageAttributes: text }),
  ],
  ['sns:publish', object({ MessageId: text, SequenceNumber: text })],
  ['lambda:invoke', object({ StatusCode: number, FunctionError: text, LogResult: text, ExecutedVersion: text })],
  ['dynamodb:getItem', object({ Item: item, ConsumedCapacity: capacity })],
  ['dynamodb:putItem', written],
  ['dynamodb:updateItem', written],
  ['dynamodb:deleteItem', written],
  [
    'aws-sdk:s3:getObject',
    object({ ContentLength: number, ContentType: text, ETag: text, Body: text, StorageClass: storageClass }),
  ],
  ['aws-sdk:kms:encrypt', object({ CiphertextBlob: { kind: 'text', shortest: 1 }, KeyId: text })],
  [
    'aws-sdk:lambda:getFunction',
    object({
      Configuration: object({
        FunctionName: text,
        Runtime: text,
        MemorySize: { kind: 'number', least: 128 },
        Timeout: number,
      }),
    }),
  ],
]);

/** The first fault of a mocked result, or undefined. */
export function resultFault(resource: string, result: Json, mode: FieldValidationMode): string | undefined {
  const read = readResource(resource);
  if (mode === 'NONE' || read?.kind !== 'service') return undefined;
  // What a job answers is not what its request answers.
  const isJob = read.pattern === '.sync' || read.pattern === '.sync:2';
  const shape = isJob ? undefined : SHAPES.get(`${read.service}:${read.operation}`);
  return shape === undefined ? undefined : shapeFault(shape, result, { field: 'result', mode });
}

interface Where {
  /** The nearest field's name: all that the service's sentence names. */
  readonly field: string;
  readonly mode: FieldValidationMode;
}

function shapeFault(shape: Shape, value: Json, where: Where): string | undefined {
  switch (shape.kind) {
    case 'text':
      return textFault(shape, value, where.field);
    case 'number':
      if (typeof value !== 'number') return `Field '${where.field}' must be a number`;
      return shape.least !== undefined && value < shape.least
        ? `Field '${where.field}' is less than the minimum value`
        : undefined;
    case 'flag':
      return typeof value === 'boolean' ? undefined : `Field '${where.field}' must be a boolean`;
    case 'list':
      return Array.isArray(value)
        ? firstFault(value, (item: Json) => shapeFault(shape.of, item, where))
        : `Field '${where.field}' must be an array`;
    case 'map':
    case 'object':
      if (!isObject(value)) return `Field '${where.field}' must be an object`;
      return shape.kind === 'map'
        ? firstFault(Object.values(value), (item) => shapeFault(shape.of, item, where))
        : objectFault(shape, value, where.mode);
    default:
      return unreachable(shape, 'shape');
  }
}

function textFault(shape: Extract<Shape, { kind: 'text' }>, value: Json, field: string): string | undefined {
  if (typeof value !== 'string') return `Field '${field}' must be a string`;
  if (shape.values !== undefined && !shape.values.includes(value)) return `Field '${field}' is not an expected value`;
  const isShort = shape.shortest !== undefined && value.length < shape.shortest;
  return isShort ? `Field '${field}' is smaller than the minimum length` : undefined;
}

function objectFault(
  { fields, required }: Extract<Shape, { kind: 'object' }>,
  value: JsonObject,
  mode: FieldValidationMode,
): string | undefined {
  const missing = mode === 'STRICT' ? required.find((name) => !Object.hasOwn(value, name)) : undefined;
  if (missing !== undefined) return `Required field '${missing}' is missing`;
  return firstFault(Object.entries(value), ([name, inner]) => {
    const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return shape === undefined ? undefined : shapeFault(shape, inner, { field: name, mode });
  });
}

function firstFault<T>(items: readonly T[], faultOf: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const fault = faultOf(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
