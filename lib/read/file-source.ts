/**
 * The port through which documents come: uri in, text out. Where files really are, what may be read (a folder's walls,
 * the network) and in which encoding is the adapter's business (lib/embedded/file-source.ts); the reader only turns a
 * problem into a diagnostic. A problem is a value: an adapter throws only for its own bugs.
 */

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

export type FileResult = { readonly text: string } | { readonly problem: FileProblem; readonly detail?: string };

export interface FileSource {
  /**
   * `uri` is a path with forward slashes, percent-decoded and normalised, relative to the source's root (it may begin
   * with `..`, or be absolute), or an http(s) URL.
   */
  read(uri: string): Promise<FileResult>;
}
