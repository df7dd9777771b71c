/**
 * The reader: from the name of an Arazzo document to the description that everything else works on. First all
 * documents are read, then the models are made, in one go and without waiting. Never throws for a document's fault:
 * what could be read is there, and for what could not there is a diagnostic. Arazzo documents that name each other as
 * sources become descriptions that hold each other: whoever walks them must remember where he was.
 */
import { report } from '../diagnostics/report.ts';
import type { ArazzoDocument } from '../model/arazzo.ts';
import type { Description, Source } from '../model/description.ts';
import type { Diagnostic, PositionedDocument } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import { arazzoFromRoot } from './arazzo-document.ts';
import { asyncApiFromDocument } from './asyncapi-document.ts';
import { type FoundSource, SourceFinder } from './description-sources.ts';
import { documentKind, kindInWords } from './document-kind.ts';
import type { FileSource } from './file-source.ts';
import { DocumentSet } from './document-set.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { missingDocument } from './missing-document.ts';
import { openApiFromDocument } from './openapi-document.ts';
import { closedSchema, type SchemaFaults } from './schema-reader.ts';
import { rootSpot } from './spot.ts';
import { documentUri } from './uri.ts';
import { type UsedOperations, usedOperations } from './used-operations.ts';

export interface ReadOptions {
  /** Where to read a source instead: from its `url` as written to a uri of the file source. */
  readonly overrides?: ReadonlyMap<string, string>;
  readonly limits?: Partial<Limits>;
}

export interface ReadResult {
  /** Absent when the entry cannot be read, has an error of syntax, or is no Arazzo document. */
  readonly description?: Description;
  /** Every document read, for code frames; broken ones included. */
  readonly documents: ReadonlyMap<string, PositionedDocument>;
  readonly diagnostics: readonly Diagnostic[];
}

export async function readDescription(
  entryUri: string,
  files: FileSource,
  options: ReadOptions = {},
): Promise<ReadResult> {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const documentSet = new DocumentSet(files, limits);
  const { documents } = documentSet;
  const loaded = await documentSet.loadWithReferences(documentUri(entryUri));
  if (loaded.kind === 'missing') return { documents, diagnostics: [missingDocument(loaded, limits, {})] };
  const entry = loaded.document;
  documentSet.matters(entry.uri);
  if (loaded.kind === 'broken') return { documents, diagnostics: documentSet.faults() };
  const kind = documentKind(entry.root);
  if (kind !== 'arazzo') {
    const place = { document: entry.uri, pointer: '' };
    const wrongKind = report('DOC030', place, {
      uri: entry.uri,
      wanted: kindInWords('arazzo'),
      kind: kind && kindInWords(kind),
    });
    return { documents, diagnostics: [...documentSet.faults(), wrongKind] };
  }
  const finder = new SourceFinder(documentSet, { limits, overrides: options.overrides ?? new Map() });
  await finder.find(entry);
  const models = new ModelReader(documentSet, finder.found, limits);
  const description = models.description(entry);
  return {
    description,
    documents,
    diagnostics: [...documentSet.faults(), ...finder.diagnostics, ...models.diagnostics],
  };
}

/** Makes the models of all documents that were found. */
class ModelReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #documentSet: DocumentSet;
  readonly #found: ReadonlyMap<string, readonly FoundSource[]>;
  readonly #limits: Limits;
  readonly #used: UsedOperations;
  readonly #descriptions = new Map<string, Description>();
  readonly #openApi = new Map<string, Source | undefined>();
  readonly #asyncApi = new Map<string, Source | undefined>();

  constructor(documentSet: DocumentSet, found: ReadonlyMap<string, readonly FoundSource[]>, limits: Limits) {
    this.#documentSet = documentSet;
    this.#found = found;
    this.#limits = limits;
    this.#used = usedOperations([...found.keys()].map((uri) => documentSet.documents.get(uri)?.root ?? null));
  }

  description(document: PositionedDocument): Description {
    const before = this.#descriptions.get(document.uri);
    if (before) return before;
    const sources = new Map<string, Source>();
    const description: Description = {
      arazzo: this.#arazzo(document),
      sources,
      documents: this.#documentSet.documents,
    };
    // Known before its sources are read: one of them may name this very document.
    this.#descriptions.set(document.uri, description);
    for (const found of this.#found.get(document.uri) ?? []) {
      const source = sources.has(found.name) ? undefined : this.#source(found);
      if (source) sources.set(found.name, source);
    }
    return description;
  }

  #arazzo(document: PositionedDocument): ArazzoDocument {
    const faults: SchemaFaults = {
      muted: false,
      unresolvable: (at, reference, problem) => {
        if (problem.kind === 'broken') this.#documentSet.matters(problem.uri);
        this.diagnostics.push(report('DOC040', at, { reference, problem }));
      },
      // The structural check holds `inputs` to the meta-schema of JSON Schema.
      unfit: () => {},
      circle: (at, name) => this.diagnostics.push(report('OAS004', at, { name })),
    };
    return arazzoFromRoot(rootSpot(document), (spot): Json => closedSchema(this.#documentSet, spot, faults));
  }

  #source(found: FoundSource): Source | undefined {
    const { document, kind } = found;
    switch (kind) {
      case 'arazzo':
        return { kind, description: this.description(document) };
      case 'asyncapi':
        return this.#asyncApiSource(found);
      case 'openapi':
        return this.#openApiSource(found);
    }
  }

  #asyncApiSource({ document, at }: FoundSource): Source | undefined {
    if (this.#asyncApi.has(document.uri)) return this.#asyncApi.get(document.uri);
    const options = { limits: this.#limits, used: this.#used, wantedAt: at };
    const read = asyncApiFromDocument(this.#documentSet, document, options);
    this.diagnostics.push(...read.diagnostics);
    const source: Source | undefined = read.document && { kind: 'asyncapi', document: read.document };
    this.#asyncApi.set(document.uri, source);
    return source;
  }

  #openApiSource({ document, at }: FoundSource): Source | undefined {
    if (this.#openApi.has(document.uri)) return this.#openApi.get(document.uri);
    const options = { limits: this.#limits, used: this.#used, wantedAt: at };
    const read = openApiFromDocument(this.#documentSet, document, options);
    this.diagnostics.push(...read.diagnostics);
    const source: Source | undefined = read.document && { kind: 'openapi', document: read.document };
    this.#openApi.set(document.uri, source);
    return source;
  }
}
