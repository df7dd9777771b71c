/**
 * An OpenAPI document (3.0, 3.1, 3.2) as Interlock needs it; Swagger 2.0 has become 3.0 by now (lib/read/swagger.ts). The documents that it refers to are in the set by
 * now. Whatever of it can be read is read; only a document of another version yields nothing.
 */
import { report } from '../diagnostics/report.ts';
import { below } from '../diagnostics/place.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { OpenApiDocument } from '../model/openapi.ts';
import type { DocumentSet } from './document-set.ts';
import type { Limits } from './limits.ts';
import { OpenApiFaults } from './openapi-faults.ts';
import { OperationReader } from './openapi-operations.ts';
import { serversOf } from './openapi-servers.ts';
import { SchemaReader } from './schema-reader.ts';
import { child, rootSpot, textIn, versionText } from './spot.ts';
import type { UsedOperations } from './used-operations.ts';

export interface OpenApiResult {
  readonly document?: OpenApiDocument;
  readonly diagnostics: readonly Diagnostic[];
}

export interface OpenApiOptions {
  readonly limits: Limits;
  /** Whose faults are told; absent: all operations'. */
  readonly used?: UsedOperations;
  /** What names this document, for the note of a diagnostic. */
  readonly wantedAt?: Place;
}

export function openApiFromDocument(
  documentSet: DocumentSet,
  positioned: PositionedDocument,
  options: OpenApiOptions,
): OpenApiResult {
  const { member, version, text } = versionOf(positioned.root);
  if (!version) {
    const place = below({ document: positioned.uri, pointer: '' }, member);
    return { diagnostics: [report('OAS001', place, { member, version: text, wantedAt: options.wantedAt })] };
  }
  const root = rootSpot(positioned);
  const faults = new OpenApiFaults(documentSet);
  const schemas = new SchemaReader(documentSet, faults);
  const context = { documentSet, faults, schemas };
  const reader = new OperationReader(context, root, options.used, options.limits);
  const operations = reader.operations();
  schemas.finish();
  const document: OpenApiDocument = {
    uri: positioned.uri,
    version,
    title: textIn(child(root, 'info'), 'title') ?? '',
    servers: serversOf([root]),
    operations,
    securitySchemes: reader.schemes.all,
    schemas: schemas.definitions,
  };
  return { document, diagnostics: faults.diagnostics };
}

interface Version {
  readonly member: 'openapi' | 'swagger';
  readonly version?: '3.0' | '3.1' | '3.2';
  readonly text: string;
}

/** The patch number makes no difference; without quotes YAML makes a number of `3.1`, and of `3.0` a 3. */
function versionOf(root: Json): Version {
  const swagger = isObject(root) ? own(root, 'swagger') : undefined;
  const openapi = isObject(root) ? own(root, 'openapi') : undefined;
  if (openapi === undefined && swagger !== undefined) return { member: 'swagger', text: plain(swagger) };
  const text = plain(openapi ?? null);
  const minor = /^3(?:\.([012])(?:\.|-|$)|$)/.exec(text);
  if (!minor) return { member: 'openapi', text };
  return { member: 'openapi', text, version: `3.${(minor[1] ?? '0') as '0' | '1' | '2'}` };
}

function plain(value: Json): string {
  return versionText(value) || JSON.stringify(value);
}
