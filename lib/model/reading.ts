/** Why a document, or something in it, could not be had: facts that lib/read finds and lib/diagnostics words. */

export type FileProblem =
  /** Nothing is there. */
  | 'not-found'
  /** It lies outside the folder that may be read. */
  | 'outside'
  | 'too-large'
  /** It is on the network, which may not be used. */
  | 'network-off'
  /** It is there and cannot be read: a folder, no permission, a server's error. */
  | 'unreadable'
  /** Neither UTF-8 nor UTF-16 with a byte order mark. */
  | 'not-text'
  /** Neither a path nor http(s). */
  | 'scheme-unsupported';

/** `too-many`: the description has as many documents as it may have. */
export type DocumentProblem = FileProblem | 'too-many';

export type ReferenceProblem =
  | { readonly kind: 'file'; readonly problem: DocumentProblem; readonly uri: string; readonly detail?: string }
  /** The document is there, but its text has an error of its own. */
  | { readonly kind: 'broken'; readonly uri: string }
  /** `there` is as far as the pointer leads, `names` what stands there. */
  | {
      readonly kind: 'missing';
      readonly uri: string;
      readonly there: string;
      readonly missing: string;
      readonly names: Iterable<string>;
    }
  | { readonly kind: 'anchor'; readonly uri: string; readonly anchor: string }
  /** It leads back to itself. */
  | { readonly kind: 'cycle' }
  /** Something stands there, but no such thing as is wanted here. */
  | { readonly kind: 'unfit'; readonly wanted: string };
