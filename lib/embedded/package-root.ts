/** Where this package lies, from its sources and from dist alike: the first folder upwards that has a package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../model/assert.ts';
import { isObject } from '../model/json.ts';

export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    assert(folder !== dirname(folder), 'the package has a package.json');
    folder = dirname(folder);
  }
  return folder;
}

export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return isObject(manifest) ? String(manifest['version']) : '';
}

/** The page about a code from where the reader stands: the package may be installed. */
export function pageFromHere(page: string): string {
  return relative(process.cwd(), join(packageRoot(), page));
}
