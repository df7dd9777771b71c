/**
 * Codes of OpenAPI documents. 001-029 are reading them (lib/read), where only operations that the description uses
 * are spoken of; rules about what they say start at 030.
 */
import type { Place } from '../../model/diagnostic.ts';
import type { Json } from '../../model/json.ts';
import type { ReferenceProblem } from '../../model/reading.ts';
import type { Wording } from '../code.ts';
import { quoted, suggestion } from '../words.ts';
import { referenceTrouble } from './reference-words.ts';

interface UnreadVersion {
  /** The member that says it. */
  readonly member: 'openapi' | 'swagger';
  readonly version: string;
  readonly wantedAt: Place | undefined;
}

interface UnreadScheme {
  readonly name: string;
  readonly type?: string | undefined;
  /** Why its reference leads nowhere, where it is one. */
  readonly problem?: ReferenceProblem;
}

export const oasCodes = {
  OAS001: {
    slug: 'openapi-version-unsupported',
    severity: 'error',
    title: 'The version of OpenAPI is one that Interlock reads: 3.0, 3.1, 3.2 or Swagger 2.0',
    say: ({ member, version, wantedAt }: UnreadVersion): Wording => ({
      headline: `${member === 'swagger' ? 'Swagger' : 'OpenAPI'} version ${quoted(version)} is not supported`,
      value: version,
      notes: [
        'Interlock reads OpenAPI 3.0, 3.1 and 3.2, whatever the patch number, and Swagger 2.0.',
        ...(wantedAt ? [{ text: 'Named as a source here.', place: wantedAt }] : []),
      ],
      fix:
        member === 'swagger'
          ? 'Write `swagger: "2.0"` if the document follows that version; else convert it to OpenAPI 3.'
          : 'Write the version that the document follows, such as `openapi: 3.1.1`.',
    }),
  },
  OAS002: {
    slug: 'openapi-reference-unresolvable',
    severity: 'error',
    title: 'A `$ref` in a used operation leads to what belongs there',
    say: ({ reference, problem }: { reference: string; problem: ReferenceProblem }): Wording => ({
      headline: `Reference ${quoted(reference)} leads to nothing`,
      value: reference,
      notes: [...referenceTrouble(problem), 'An operation that the description uses depends on it.'],
      fix: 'Correct the reference, or put there what it refers to.',
    }),
  },
  OAS004: {
    slug: 'schema-circle',
    severity: 'warning',
    title: 'A schema does not apply itself to the value that it is applied to',
    say: ({ name }: { name: string }): Wording => ({
      headline: `Schema ${quoted(name)} leads back to itself for the same value`,
      value: name,
      notes: [
        'Through `$ref`, `allOf`, `anyOf` or `oneOf` it applies itself to the very same value: checking it would never end.',
        'Interlock cuts the circle, so this schema allows more than it seems to.',
      ],
      fix: 'Where a special case refers to the general one by `allOf`, do not list the special cases in the general one.',
    }),
  },
  OAS005: {
    slug: 'schema-keyword-unfit',
    severity: 'warning',
    title: 'A keyword of a schema has a value that it can have',
    say: ({ keyword, value, wanted }: { keyword: string; value: Json; wanted: string }): Wording => ({
      headline: `Schema keyword ${quoted(keyword)} cannot be ${quoted(value)}`,
      value,
      notes: ['Interlock ignores it, so values are checked less strictly than the schema seems to say.'],
      fix: `Write ${wanted}.`,
    }),
  },
  OAS006: {
    slug: 'operation-id-duplicate',
    severity: 'warning',
    title: 'An operationId is unique in its document',
    say: ({ operationId, first }: { operationId: string; first: Place }): Wording => ({
      headline: `Operation id ${quoted(operationId)} is used twice in this document`,
      value: operationId,
      notes: [
        'The description uses it, and cannot tell which of the two is meant.',
        { text: 'First used here.', place: first },
      ],
      fix: 'Rename one of the two, or name the operation by `operationPath`.',
    }),
  },
  OAS007: {
    slug: 'parameter-unreadable',
    severity: 'warning',
    title: 'A parameter has a `name` and says where it goes',
    say: ({ name, location }: { name: string | undefined; location: string | undefined }): Wording => ({
      headline:
        name === undefined
          ? 'A parameter without a name'
          : location === undefined
            ? `Parameter ${quoted(name)} does not say where it goes`
            : `Parameter ${quoted(name)} goes nowhere: there is no place ${quoted(location)}`,
      ...(location !== undefined && { value: location }),
      notes: [
        '`in` is one of `path`, `query`, `querystring`, `header` and `cookie`; Interlock leaves this parameter out.',
      ],
      fix: parameterFix(name, location),
    }),
  },
  OAS008: {
    slug: 'openapi-member-unfit',
    severity: 'warning',
    title: 'What stands in an OpenAPI document is what belongs there',
    say: ({ value, wanted }: { value: Json; wanted: string }): Wording => ({
      headline: `${quoted(value)} is not ${wanted}`,
      value,
      notes: ['Interlock leaves it out.'],
      fix: `Write ${wanted} here.`,
    }),
  },
  OAS009: {
    slug: 'security-scheme-unreadable',
    severity: 'warning',
    title: 'A security scheme says what credential it wants and where',
    say: ({ name, type, problem }: UnreadScheme): Wording => ({
      headline: problem
        ? `Security scheme ${quoted(name)} refers to nothing`
        : `Security scheme ${quoted(name)} ${type === undefined ? 'has no type' : `of type ${quoted(type)} cannot be used`}`,
      value: type ?? name,
      notes: [
        ...(problem ? referenceTrouble(problem) : []),
        'Types are `apiKey` (with `name` and `in`), `http` (with `scheme`), `oauth2`, `openIdConnect` (with `openIdConnectUrl`) and `mutualTLS`.',
      ],
      fix: problem ? 'Correct the reference.' : (schemeFixes.get(type) ?? 'Write one of these types.'),
    }),
  },
  OAS010: {
    slug: 'security-scheme-unknown',
    severity: 'warning',
    title: 'A security requirement names a scheme of the document',
    say: ({ scheme, known }: { scheme: string; known: Iterable<string> }): Wording => ({
      headline: `Security scheme ${quoted(scheme)} is not defined`,
      value: scheme,
      notes: [suggestion(scheme, known, 'scheme'), 'Calls of this operation go without the credential.'],
      fix: 'Define it under `components.securitySchemes`, or correct the name.',
    }),
  },
  OAS011: {
    slug: 'openapi-too-large',
    severity: 'error',
    title: 'An OpenAPI document has at most 20,000 operations',
    say: ({ what, limit }: { what: string; limit: number }): Wording => ({
      headline: `More than ${limit} ${what} in one document`,
      notes: ['Those beyond are not read.'],
      fix: 'Cut out the operations that are used, as a document of its own.',
    }),
  },
  OAS012: {
    slug: 'method-unsupported',
    severity: 'warning',
    title: 'A method of `additionalOperations` is one that can be sent, and has no field of its own',
    say: ({ method }: { method: string }): Wording => ({
      headline: `${quoted(method)} is no method of \`additionalOperations\``,
      value: method,
      notes: [
        'It holds methods as they are sent, in capitals, and none that has a field of its own in a path item; Interlock leaves this one out.',
      ],
      fix: additionalFix(method),
    }),
  },
} as const;

function additionalFix(method: string): string {
  const fixed = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];
  if (fixed.includes(method.toLowerCase())) return `Write the operation under \`${method.toLowerCase()}\`.`;
  return /^[a-z][a-z0-9-]*$/i.test(method) && method !== 'CONNECT'
    ? `Write \`${method.toUpperCase()}\`, if that is what the system takes.`
    : 'Call another operation.';
}

function parameterFix(name: string | undefined, location: string | undefined): string {
  if (name === undefined) return location === undefined ? 'Give it a `name` and an `in`.' : 'Give it a `name`.';
  const isSwagger = location === 'body' || location === 'formData';
  return isSwagger ? 'Describe the body by `requestBody`, as OpenAPI 3 does.' : 'Give it an `in` that there is.';
}

/** What a scheme that cannot be used lacks, by its type. */
const schemeFixes: ReadonlyMap<string | undefined, string> = new Map([
  ['apiKey', 'Give it a `name`, and an `in` of `query`, `header` or `cookie`.'],
  ['http', 'Give it a `scheme`, such as `bearer`.'],
  ['openIdConnect', 'Give it an `openIdConnectUrl`.'],
  ['basic', 'Write `type: http` and `scheme: basic`.'],
]);
