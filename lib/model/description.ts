/**
 * What lib/read yields: the entry Arazzo document, every source it names, and the texts for code frames. A source that
 * could not be read is absent from `sources` and has its diagnostic; reading never throws for a document's fault.
 */
import type { ArazzoDocument } from './arazzo.ts';
import type { AsyncApiDocument } from './asyncapi.ts';
import type { PositionedDocument } from './diagnostic.ts';
import type { OpenApiDocument } from './openapi.ts';

export type Source =
  | { readonly kind: 'openapi'; readonly document: OpenApiDocument }
  | { readonly kind: 'arazzo'; readonly description: Description }
  | { readonly kind: 'asyncapi'; readonly document: AsyncApiDocument };

export interface Description {
  readonly arazzo: ArazzoDocument;
  /** By source description name. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Every document read, by uri, sources of sources included. */
  readonly documents: ReadonlyMap<string, PositionedDocument>;
}
