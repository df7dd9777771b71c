/**
 * The documents of one description, each read once: by uri, and by the identity that it claims (`$self`, `$id`). All
 * reading from files happens here, before the models are made, so that following a reference is a plain look-up.
 * Faults of a text are noted when it is read; that a document cannot be had is told by whoever wanted it.
 */
import type { Diagnostic, Note, PositionedDocument } from '../model/diagnostic.ts';
import { isObject, own } from '../model/json.ts';
import type { DocumentProblem } from '../model/reading.ts';
import type { FileSource } from './file-source.ts';
import type { Limits } from './limits.ts';
import { positionedFromText } from './positioned.ts';
import { withoutSwagger } from './swagger.ts';
import { type Survey, surveyOf } from './survey.ts';
import { resolveUri, splitReference } from './uri.ts';

export type Loaded =
  | { readonly kind: 'document'; readonly document: PositionedDocument; readonly survey: Survey }
  | { readonly kind: 'broken'; readonly document: PositionedDocument }
  | { readonly kind: 'missing'; readonly uri: string; readonly problem: DocumentProblem; readonly detail?: string };

/** A schema with a name of its own. */
export interface Named {
  readonly document: PositionedDocument;
  readonly path: readonly string[];
}

export class DocumentSet {
  /** What was read, broken ones included: for code frames. */
  readonly documents: Map<string, PositionedDocument> = new Map();
  readonly #files: FileSource;
  readonly #limits: Limits;
  readonly #loaded = new Map<string, Loaded>();
  /** Whose references have been followed. */
  readonly #followed = new Set<string>();
  readonly #faults = new Map<string, readonly Diagnostic[]>();
  readonly #mattering = new Set<string>();
  readonly #identities = new Map<string, string>();
  readonly #names = new Map<string, Named>();

  constructor(files: FileSource, limits: Limits) {
    this.#files = files;
    this.#limits = limits;
  }

  /** The faults of the texts that matter, document by document, in reading order. */
  faults(): Diagnostic[] {
    return [...this.#faults].flatMap(([uri, faults]) => (this.#mattering.has(uri) ? faults : []));
  }

  /** Much is read that nobody asks for, such as what an example seems to refer to: its faults are no faults. */
  matters(uri: string): void {
    this.#mattering.add(uri);
  }

  /** Faults that do not matter in a document of this kind. */
  forgetFaults(uri: string, code: string): void {
    this.#faults.set(
      uri,
      (this.#faults.get(uri) ?? []).filter((fault) => fault.code !== code),
    );
  }

  /** Adds to the faults of a document who wanted it. */
  noteFaults(uri: string, note: Note): void {
    const noted = (this.#faults.get(uri) ?? []).map((fault) => ({ ...fault, notes: [...fault.notes, note] }));
    this.#faults.set(uri, noted);
  }

  async load(uri: string): Promise<Loaded> {
    const before = this.get(uri);
    if (before) return before;
    const loaded = await this.#read(uri);
    this.#loaded.set(uri, loaded);
    return loaded;
  }

  /** The document itself and every document that references lead to from there. */
  async loadWithReferences(uri: string): Promise<Loaded> {
    const first = await this.load(uri);
    const waiting = this.#followed.has(uri) ? [] : [first];
    this.#followed.add(uri);
    for (let loaded = waiting.pop(); loaded; loaded = waiting.pop()) {
      if (loaded.kind !== 'document') continue;
      for (const target of loaded.survey.documents) {
        if (this.#followed.has(target)) continue;
        this.#followed.add(target);
        if (!this.#names.has(target)) waiting.push(await this.load(target));
      }
    }
    return first;
  }

  /** What was loaded from there, or is known by that identity. */
  get(uri: string): Loaded | undefined {
    return this.#loaded.get(this.#identities.get(uri) ?? uri);
  }

  /** The schema that calls itself so: a uri, or a uri and `#anchor`. */
  named(name: string): Named | undefined {
    return this.#names.get(name);
  }

  async #read(uri: string): Promise<Loaded> {
    if (this.#loaded.size >= this.#limits.documents) return { kind: 'missing', uri, problem: 'too-many' };
    const result = await this.#files.read(uri);
    if (!('text' in result)) return { kind: 'missing', uri, ...result };
    const { document, broken, diagnostics } = positionedFromText(uri, result.text, this.#limits);
    this.documents.set(uri, document);
    this.#faults.set(uri, diagnostics);
    return broken ? { kind: 'broken', document } : this.#register(withoutSwagger(document));
  }

  /** The first document that claims an identity has it. */
  #register(document: PositionedDocument): Loaded {
    const { uri, root } = document;
    const self = isObject(root) ? own(root, '$self') : undefined;
    const identity = typeof self === 'string' ? resolveUri(uri, splitReference(self).uri) : uri;
    if (identity !== uri && !this.#identities.has(identity)) this.#identities.set(identity, uri);
    const survey = surveyOf(uri, root);
    for (const [name, path] of survey.names) {
      if (!this.#names.has(name)) this.#names.set(name, { document, path });
    }
    return { kind: 'document', document, survey };
  }
}
