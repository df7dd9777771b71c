/**
 * FILE or folder: every command that takes a description takes an Arazzo file or a folder holding one. The folder of the
 * file is the root that no reference may leave, unless `--allow-outside` says so.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { folderFiles } from '../embedded/file-source.ts';
import type { FileSource } from '../read/file-source.ts';
import { type OptionSpec, type Options, usageFailure } from './command.ts';

export interface OpenedDescription {
  readonly folder: string;
  /** Relative to the folder. */
  readonly entry: string;
  readonly files: FileSource;
  /** The folder's name where the description is a folder's only one. */
  readonly integration?: string;
}

export const DESCRIPTION_OPTIONS: { readonly [name: string]: OptionSpec } = {
  'allow-outside': { type: 'boolean', says: "Let references leave the description's folder." },
  'allow-network': { type: 'boolean', says: 'Let sources be fetched from http(s) URLs.' },
};

const ARAZZO_FILE = /(^|[.-])arazzo\.(ya?ml|json)$/i;

export function openDescription(operand: string, options: Options): OpenedDescription {
  const path = resolve(operand);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats)
    throw usageFailure(`There is no file or folder ${operand}`, 'Name an Arazzo file, or a folder that holds one.');
  const folder = stats.isDirectory() ? path : dirname(path);
  const entry = stats.isDirectory() ? onlyArazzoFile(operand, path) : basename(path);
  const files = folderFiles({
    root: folder,
    allowOutside: options.flag('allow-outside'),
    allowNetwork: options.flag('allow-network'),
  });
  return { folder, entry, files, ...(stats.isDirectory() && { integration: basename(path) }) };
}

export function hasArazzoFile(folder: string): boolean {
  return arazzoFilesIn(folder).length > 0;
}

function arazzoFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => ARAZZO_FILE.test(name))
    .sort();
}

function onlyArazzoFile(operand: string, folder: string): string {
  const found = arazzoFilesIn(folder);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    throw usageFailure(`The folder ${operand} holds no Arazzo file`, 'Name the file, or call it workflow.arazzo.yaml.');
  }
  throw usageFailure(`The folder ${operand} holds several Arazzo files: ${found.join(', ')}`, 'Name the one you mean.');
}
