/**
 * The port through which documents come: uri in, text out. Where files really are, what may be read (a folder's walls,
 * the network) and in which encoding is the adapter's business (lib/embedded/file-source.ts); the reader only turns a
 * problem into a diagnostic. A problem is a value: an adapter throws only for its own bugs.
 */
import type { FileProblem } from '../model/reading.ts';

export type FileResult = { readonly text: string } | { readonly problem: FileProblem; readonly detail?: string };

export interface FileSource {
  /**
   * `uri` is a path with forward slashes, percent-decoded and normalised, relative to the source's root (it may begin
   * with `..`, or be absolute), or an http(s) URL.
   */
  read(uri: string): Promise<FileResult>;
}
