/**
 * Documents from a folder of this machine, and from the network where that is allowed. The folder has walls: neither
 * `..` nor an absolute path nor a symbolic link leads out of it, unless `allowOutside`. Sizes and times are bounded.
 */
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { FileResult, FileSource } from '../read/file-source.ts';
import { decodedText } from '../read/decoded-text.ts';
import { defaultLimits } from '../read/limits.ts';
import { isWebUri, schemeOf } from '../read/uri.ts';

export interface FolderFilesOptions {
  /** The folder that uris are relative to. */
  readonly root: string;
  readonly allowOutside?: boolean;
  readonly allowNetwork?: boolean;
  readonly maxBytes?: number;
  /** For one document, redirects included. Default 20 s. */
  readonly networkTimeoutMs?: number;
}

export function folderFiles(options: FolderFilesOptions): FileSource {
  const maxBytes = options.maxBytes ?? defaultLimits.characters;
  return {
    read: async (uri: string): Promise<FileResult> => {
      if (isWebUri(uri)) {
        if (options.allowNetwork !== true) return { problem: 'network-off' };
        return textFromNetwork(uri, maxBytes, options.networkTimeoutMs ?? 20_000);
      }
      if (schemeOf(uri) !== undefined) return { problem: 'scheme-unsupported' };
      return textFromFolder(uri, options, maxBytes);
    },
  };
}

async function textFromFolder(uri: string, options: FolderFilesOptions, maxBytes: number): Promise<FileResult> {
  if (uri.includes('\0')) return { problem: 'unreadable', detail: 'A path holds no NUL character' };
  const path = resolve(options.root, uri);
  const isAllowed = (candidate: string, root: string): boolean =>
    options.allowOutside === true || isInside(candidate, root);
  // Said before anything is looked up: whether a file outside exists is nobody's business.
  if (!isAllowed(path, resolve(options.root))) return { problem: 'outside' };
  try {
    const real = await realpath(path);
    if (!isAllowed(real, await realpath(options.root))) return { problem: 'outside' };
    await using file = await open(real, 'r');
    return await textOf(file, maxBytes);
  } catch (error) {
    return problemOf(error);
  }
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
}

async function textOf(file: FileHandle, maxBytes: number): Promise<FileResult> {
  const stats = await file.stat();
  if (!stats.isFile())
    return { problem: 'unreadable', detail: stats.isDirectory() ? 'It is a folder' : 'It is not a file' };
  if (stats.size > maxBytes) return { problem: 'too-large' };
  return decodedText(await file.readFile());
}

function problemOf(error: unknown): FileResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return { problem: 'not-found' };
    case 'EACCES':
    case 'EPERM':
      return { problem: 'unreadable', detail: 'Permission was denied' };
    default:
      return { problem: 'unreadable', detail: code === '' ? String(error) : `The system says ${code}` };
  }
}

async function textFromNetwork(url: string, maxBytes: number, timeoutMs: number): Promise<FileResult> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), headers: { accept: '*/*' } });
    if (response.status === 404 || response.status === 410) return { problem: 'not-found' };
    if (!response.ok) return { problem: 'unreadable', detail: `The server answered ${response.status}` };
    const bytes = await bodyOf(response, maxBytes);
    return bytes ? decodedText(bytes) : { problem: 'too-large' };
  } catch (error) {
    return { problem: 'unreadable', detail: networkTrouble(error) };
  }
}

/** Undefined when there is more than may be read; what a server says about its length is not believed. */
async function bodyOf(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    // Leaving the loop ends the transfer.
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function networkTrouble(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'The server did not answer in time';
  const cause = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : '';
  return `The server could not be reached${cause}`;
}
