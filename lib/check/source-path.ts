/**
 * An `operationPath` or a `channelPath` as documents write it. The standard's form is
 * `{$sourceDescriptions.<name>.url}#<JSON Pointer>`; without braces, without `.url`, or with the bare name of a source that is
 * declared, it has one reading as well, and is followed with a warning that shows the standard's form.
 */
import { parseOperationPath } from '../expressions/operation-path.ts';
import type { Linking } from './linking.ts';

export interface SourcePath {
  readonly source: string;
  readonly pointer: string;
  readonly tolerated: boolean;
}

export function sourcePathFrom({ description }: Linking, text: string): SourcePath | undefined {
  const standard = parseOperationPath(text);
  if (standard.ok) return { source: standard.source, pointer: standard.pointer, tolerated: false };
  const loose = /^\{?(\$sourceDescriptions\.)?([A-Za-z0-9_-]+)(?:\.url)?\}?#(\/.+)$/.exec(text);
  const [, prefix, source, pointer] = loose ?? [];
  if (source === undefined || pointer === undefined) return undefined;
  const declared = description.arazzo.sourceDescriptions.some(({ name }) => name === source);
  return prefix !== undefined || declared ? { source, pointer, tolerated: true } : undefined;
}

/** Of what is no such path: why not. */
export function whyNoPath(text: string): string {
  const standard = parseOperationPath(text);
  return standard.ok ? 'it has no source description' : standard.problem.message;
}

export function standardPath({ source, pointer }: Pick<SourcePath, 'source' | 'pointer'>): string {
  return `{$sourceDescriptions.${source}.url}#${pointer}`;
}
