/**
 * An `operationPath` or `channelPath` as documents write it: the standard's `{$sourceDescriptions.<name>.url}#<JSON Pointer>`,
 * or, to be followed with a warning, the source without braces, without `.url` or by its bare name.
 */
import { below } from '../diagnostics/place.ts';
import { parseOperationPath } from '../expressions/operation-path.ts';
import type { Place } from '../model/diagnostic.ts';
import type { Linking } from './linking.ts';

export interface LoosePath {
  readonly source: string;
  readonly pointer: string;
  readonly tolerated: boolean;
}

export function loosePath({ description }: Linking, text: string): LoosePath | undefined {
  const standard = parseOperationPath(text);
  if (standard.ok) return { source: standard.source, pointer: standard.pointer, tolerated: false };
  const loose = /^\{?(\$sourceDescriptions\.)?([A-Za-z0-9_-]+)(?:\.url)?\}?#(\/.+)$/.exec(text);
  const [, prefix, source, pointer] = loose ?? [];
  if (source === undefined || pointer === undefined) return undefined;
  const declared = description.arazzo.sourceDescriptions.some(({ name }) => name === source);
  return prefix !== undefined || declared ? { source, pointer, tolerated: true } : undefined;
}

/** A pointer in a URI fragment may be percent-encoded (RFC 6901, section 6). */
export function decodedPointer(pointer: string): string {
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}

export function standardPath(source: string, pointer: string): string {
  return `{$sourceDescriptions.${source}.url}#${pointer}`;
}

export function pointerTo(...tokens: readonly string[]): string {
  return below(root, ...tokens).pointer;
}

const root: Place = { document: '', pointer: '' };

/** Of what is no such path: why not. */
export function whyNoPath(text: string): string {
  const path = parseOperationPath(text);
  return path.ok ? 'it has no source description' : path.problem.message;
}
