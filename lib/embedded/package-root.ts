/** Where this package lies, from its sources and from dist alike: the first folder upwards that has a package.json. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../model/assert.ts';

export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    assert(folder !== dirname(folder), 'the package has a package.json');
    folder = dirname(folder);
  }
  return folder;
}

/** The page about a code from where the reader stands: the package may be installed. */
export function pageFromHere(page: string): string {
  return relative(process.cwd(), join(packageRoot(), page));
}
