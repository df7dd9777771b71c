/**
 * Finds the documents that a description is made of: the entry, every source it names, the sources of those that are
 * Arazzo documents themselves (which may name each other), and all that references lead to. Reads them into the
 * set; makes no models. A source that cannot be had gets its diagnostic here, at its `url`.
 */
import { report } from '../diagnostics/report.ts';
import { below } from '../diagnostics/place.ts';
import type { SourceDescription } from '../model/arazzo.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import { sourceDescriptions } from './arazzo-document.ts';
import { type DocumentKind, documentKind } from './document-kind.ts';
import { missingDocument } from './missing-document.ts';
import type { DocumentSet, Loaded } from './document-set.ts';
import type { Limits } from './limits.ts';
import { rootSpot, type Spot, textIn } from './spot.ts';
import { isWebUri, resolveUri, schemeOf, splitReference } from './uri.ts';

/** A source that was found and is of a kind that Interlock knows. */
export interface FoundSource {
  readonly name: string;
  readonly kind: DocumentKind;
  readonly document: PositionedDocument;
  /** Its `url`. */
  readonly at: Place;
}

export interface SourceOptions {
  readonly limits: Limits;
  readonly overrides: ReadonlyMap<string, string>;
}

export class SourceFinder {
  /** By the uri of each Arazzo document, in reading order. */
  readonly found: Map<string, readonly FoundSource[]> = new Map();
  readonly diagnostics: Diagnostic[] = [];
  readonly #documentSet: DocumentSet;
  readonly #options: SourceOptions;

  constructor(documentSet: DocumentSet, options: SourceOptions) {
    this.#documentSet = documentSet;
    this.#options = options;
  }

  async find(entry: PositionedDocument): Promise<void> {
    const waiting = [entry];
    for (let document = waiting.shift(); document; document = waiting.shift()) {
      if (this.found.has(document.uri)) continue;
      const sources = await this.#sourcesOf(document);
      this.found.set(document.uri, sources);
      waiting.push(...sources.filter(({ kind }) => kind === 'arazzo').map((source) => source.document));
    }
  }

  /** Relative ones first: what they lead to may be what an absolute one names by identity. */
  async #sourcesOf(document: PositionedDocument): Promise<FoundSource[]> {
    const root = rootSpot(document);
    const declared = sourceDescriptions(root);
    const found = new Map<SourceDescription, FoundSource>();
    for (const wantsAbsolute of [false, true]) {
      for (const source of declared) {
        if ((schemeOf(source.url) !== undefined) !== wantsAbsolute || source.url === '') continue;
        const loaded = await this.#load(root, source);
        const one = this.#accepted(source, loaded);
        if (one) found.set(source, one);
      }
    }
    return declared.flatMap((source) => found.get(source) ?? []);
  }

  /**
   * By the base that `$self` sets ("relative references are resolved against it"), and where that leads nowhere, from
   * where the document lies: what calls itself by a URL is mostly read from a folder, with its sources beside it.
   */
  async #load(root: Spot, source: SourceDescription): Promise<Loaded> {
    const override = this.#options.overrides.get(source.url);
    if (override !== undefined) return this.#documentSet.loadWithReferences(override);
    const { uri } = splitReference(source.url);
    const self = textIn(root, '$self');
    const byLocation = resolveUri(root.base, uri);
    const byIdentity =
      self === undefined ? byLocation : resolveUri(resolveUri(root.base, splitReference(self).uri), uri);
    const known = this.#documentSet.get(byIdentity);
    if (known?.kind === 'document') return this.#documentSet.loadWithReferences(known.document.uri);
    // A file beside the document is tried before the network is asked for it.
    const [first, second] = isWebUri(byIdentity) ? [byLocation, byIdentity] : [byIdentity, byLocation];
    const loaded = await this.#documentSet.loadWithReferences(first);
    if (loaded.kind !== 'missing' || second === first) return loaded;
    const other = await this.#documentSet.loadWithReferences(second);
    return other.kind === 'missing' ? loaded : other;
  }

  #accepted(source: SourceDescription, loaded: Loaded): FoundSource | undefined {
    const at = below(source.at, 'url');
    if (loaded.kind === 'missing') {
      this.diagnostics.push(missingDocument(loaded, this.#options.limits, { at, source: source.name }));
      return undefined;
    }
    const { document } = loaded;
    this.#documentSet.matters(document.uri);
    if (loaded.kind === 'broken') {
      this.#documentSet.noteFaults(document.uri, {
        text: `Read as source ${JSON.stringify(source.name)} from here.`,
        place: at,
      });
      return undefined;
    }
    const kind = documentKind(document.root);
    if (!kind) {
      this.diagnostics.push(report('DOC031', at, { source: source.name, uri: document.uri }));
      return undefined;
    }
    this.#tellMismatch(source, kind);
    // Bounds like int64's greatest are beyond what a number can hold exactly, stand everywhere, and do no harm.
    if (kind !== 'arazzo') this.#documentSet.forgetFaults(document.uri, 'DOC022');
    return { name: source.name, kind, document, at };
  }

  #tellMismatch(source: SourceDescription, kind: DocumentKind): void {
    if (source.type === undefined || source.type === kind) return;
    const facts = { source: source.name, declared: source.type, actual: kind };
    this.diagnostics.push(report('DOC032', below(source.at, 'type'), facts));
  }
}
