/** Reads an OpenAPI document on its own, without a description: for making, comparing and simulating systems. */
import { report } from '../diagnostics/report.ts';
import type { Diagnostic, PositionedDocument } from '../model/diagnostic.ts';
import type { OpenApiDocument } from '../model/openapi.ts';
import type { ReadOptions } from './description.ts';
import { documentKind, kindInWords } from './document-kind.ts';
import type { FileSource } from './file-source.ts';
import { DocumentSet } from './document-set.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { missingDocument } from './missing-document.ts';
import { openApiFromDocument } from './openapi-document.ts';
import { documentUri } from './uri.ts';

export interface OpenApiReadResult {
  /** Absent when it cannot be read, has an error of syntax, or is no OpenAPI document of a version that is known. */
  readonly document?: OpenApiDocument;
  /** Every document read, for code frames; broken ones included. */
  readonly documents: ReadonlyMap<string, PositionedDocument>;
  /** The faults of all its operations. */
  readonly diagnostics: readonly Diagnostic[];
}

export async function readOpenApi(
  entryUri: string,
  files: FileSource,
  options: Pick<ReadOptions, 'limits'> = {},
): Promise<OpenApiReadResult> {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const documentSet = new DocumentSet(files, limits);
  const { documents } = documentSet;
  const loaded = await documentSet.loadWithReferences(documentUri(entryUri));
  if (loaded.kind === 'missing') return { documents, diagnostics: [missingDocument(loaded, limits, {})] };
  documentSet.matters(loaded.document.uri);
  if (loaded.kind === 'broken') return { documents, diagnostics: documentSet.faults() };
  const { uri, root } = loaded.document;
  const kind = documentKind(root);
  if (kind !== 'openapi') {
    const place = { document: uri, pointer: '' };
    const wrongKind = report('DOC030', place, { uri, wanted: kindInWords('openapi'), kind: kind && kindInWords(kind) });
    return { documents, diagnostics: [...documentSet.faults(), wrongKind] };
  }
  documentSet.forgetFaults(uri, 'DOC022');
  const { document, diagnostics } = openApiFromDocument(documentSet, loaded.document, { limits });
  return { ...(document && { document }), documents, diagnostics: [...documentSet.faults(), ...diagnostics] };
}
