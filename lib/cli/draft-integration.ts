/**
 * The text of a first workflow for given APIs: one step per system, each with what its operation requires, taken from
 * inputs that have defaults, so that it runs simulated before anybody has written a line. Values are
 * written as JSON, which YAML reads as it is.
 */
import { assert } from '../model/assert.ts';
import { isObject, type Json } from '../model/json.ts';
import { isSafeMethod } from '../model/methods.ts';
import type { MediaType, OpenApiDocument, Operation, OperationBody, OperationParameter } from '../model/openapi.ts';
import { answerBody } from '../simulate/answer-body.ts';

export interface DraftSource {
  /** The source description's name. */
  readonly name: string;
  /** The file beside the workflow. */
  readonly file: string;
  readonly document: OpenApiDocument;
}

interface DraftInput {
  readonly name: string;
  readonly type: string;
  readonly value: Json;
}

interface DraftStep {
  readonly lines: readonly string[];
  readonly inputs: readonly DraftInput[];
  readonly output: string;
}

export function draftWorkflow(title: string, sources: readonly DraftSource[]): string {
  const steps = sources.map((source) => draftStep(source, sources.length > 1));
  const inputs = steps.flatMap((step) => step.inputs);
  return [
    '# yaml-language-server: $schema=https://unpkg.com/@interlock/coordinator/schemas/arazzo-with-interlock.schema.json',
    'arazzo: 1.1.0',
    'info:',
    `  title: ${JSON.stringify(title)}`,
    '  version: 1.0.0',
    'sourceDescriptions:',
    ...sources.map(
      ({ name, file }) => `  - { name: ${name}, url: ${JSON.stringify(`./${encodeURI(file)}`)}, type: openapi }`,
    ),
    'workflows:',
    '  - workflowId: first',
    '    summary: One call of each system, to begin with.',
    ...inputLines(inputs),
    '    steps:',
    ...steps.flatMap(({ lines }) => lines),
    '    outputs:',
    ...steps.map(({ output }) => `      ${output}`),
    '',
  ].join('\n');
}

function inputLines(inputs: readonly DraftInput[]): readonly string[] {
  if (inputs.length === 0) return [];
  return [
    '    inputs:',
    '      type: object',
    '      properties:',
    ...inputs.map(({ name, type, value }) => `        ${name}: { type: ${type}, default: ${JSON.stringify(value)} }`),
  ];
}

function draftStep(source: DraftSource, several: boolean): DraftStep {
  const operation = firstOperation(source.document);
  const stepId = camel(operation.operationId ?? `${operation.method} ${operation.path}`);
  const inputs: DraftInput[] = [];
  const input = (name: string, schema: Json | undefined, value: Json): string => {
    const full = `${stepId}${camel(name).replace(/^./, (letter) => letter.toUpperCase())}`;
    inputs.push({ name: full, type: typeOf(value, schema), value });
    return `$inputs.${full}`;
  };
  const parameters = operation.parameters
    .filter((one) => one.required && !isSentAnyway(one, operation))
    .map(
      (one) =>
        `          - { name: ${JSON.stringify(one.name)}, in: ${one.in}, value: ${input(one.name, one.schema, sampleOf(one, source.document))} }`,
    );
  const body = bodyLines(operation, source.document, input);
  return {
    inputs,
    output: `${stepId}: $steps.${stepId}.outputs.answer`,
    lines: [
      `      - stepId: ${stepId}`,
      `        ${targetLine(source, operation, several)}`,
      ...(parameters.length > 0 ? ['        parameters:', ...parameters] : []),
      ...body,
      '        outputs:',
      '          answer: $response.body',
    ],
  };
}

/** The key of a repeat: one that stands in the inputs would be the same in every run, and the second one a repeat. */
function isSentAnyway({ name, in: where }: OperationParameter, { method }: Operation): boolean {
  return where === 'header' && name.toLowerCase() === 'idempotency-key' && !isSafeMethod(method);
}

/** Safe to call and without parameters, if the document has such an operation; else the first that can be drafted. */
function firstOperation(document: OpenApiDocument): Operation {
  const plain = document.operations.find(
    ({ method, parameters }) => method === 'get' && parameters.every(({ required }) => !required),
  );
  const chosen = plain ?? document.operations.find(isDraftable);
  assert(chosen, 'a document without an operation to call was refused');
  return chosen;
}

/** Its body, where it needs one, is JSON: others are not made up. */
export function isDraftable({ requestBody }: Operation): boolean {
  return requestBody?.required !== true || jsonOf(requestBody) !== undefined;
}

function jsonOf(body: OperationBody | undefined): MediaType | undefined {
  return body?.content.find(({ contentType }) => /[/+]json\b/.test(contentType));
}

function targetLine({ name }: DraftSource, operation: Operation, several: boolean): string {
  if (operation.operationId !== undefined) {
    const target = several ? `$sourceDescriptions.${name}.${operation.operationId}` : operation.operationId;
    return `operationId: ${JSON.stringify(target)}`;
  }
  const path = operation.path.replaceAll('~', '~0').replaceAll('/', '~1');
  return `operationPath: '{$sourceDescriptions.${name}.url}#/paths/${path}/${operation.method}'`;
}

type Input = (name: string, schema: Json | undefined, value: Json) => string;

function bodyLines(operation: Operation, document: OpenApiDocument, input: Input): readonly string[] {
  const media = jsonOf(operation.requestBody);
  if (!media) return [];
  const value = answerBody(media, document.schemas, {});
  return [
    '        requestBody:',
    `          contentType: ${JSON.stringify(media.contentType)}`,
    `          payload: ${input('body', media.schema, value)}`,
  ];
}

function sampleOf(parameter: OperationParameter, document: OpenApiDocument): Json {
  const { example, schema } = parameter;
  return answerBody(
    {
      contentType: 'application/json',
      ...(schema !== undefined && { schema }),
      ...(example !== undefined && { example }),
    },
    document.schemas,
    {},
  );
}

function typeOf(value: Json, schema: Json | undefined): string {
  const declared = isObject(schema) ? schema['type'] : undefined;
  if (typeof declared === 'string') return declared;
  if (Array.isArray(value)) return 'array';
  if (value === null) return '[string, "null"]';
  return typeof value === 'object' ? 'object' : typeof value;
}

function camel(text: string): string {
  const words = text.match(/[A-Za-z0-9]+/g) ?? ['step'];
  return words
    .map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join('');
}
