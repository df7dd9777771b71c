// The commands of a checkout, prepared: hundreds of sources in a few files without types (scripts/prepare.ts), which load in
// less than half the time. They are used only while every source that they are made of is, by size, inode and both its
// times, the one that was read, under the same Node; that costs a few milliseconds. Otherwise they are prepared anew, and
// where that fails (no esbuild, a folder that cannot be written) the sources run as they are.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** INTERLOCK_PREPARED=no: the sources themselves, for a debugger. */
const WANTED = 'INTERLOCK_PREPARED';
const IF_THERE = { throwIfNoEntry: false };

/** The folder of the prepared commands; undefined where the sources have to do. */
export async function preparedCommands(root) {
  if (process.env[WANTED] === 'no') return undefined;
  const place = join(root, 'build', 'prepared');
  const record = recordIn(place);
  if (record !== undefined && isCurrent(root, record)) return join(place, record.folder);
  try {
    const { prepare } = await import(new URL('../scripts/prepare.ts', import.meta.url).href);
    return await prepare({ root, now: Date.now(), markOf, record });
  } catch {
    return undefined;
  }
}

function recordIn(place) {
  try {
    const record = JSON.parse(readFileSync(join(place, 'current.json'), 'utf8'));
    const isOurs = record.node === process.version && Array.isArray(record.sources);
    return isOurs && existsSync(join(place, record.folder)) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isCurrent(root, { sources }) {
  const folder = join(root, '/');
  return sources.every(([path, size, inode, modified, changed]) => {
    const found = statSync(folder + path, IF_THERE);
    return found?.size === size && found.ino === inode && found.mtimeMs === modified && found.ctimeMs === changed;
  });
}

/** What tells one state of a file from another; its last member is when that began. Undefined without the file. */
function markOf(path) {
  const found = statSync(path, IF_THERE);
  return found && [found.size, found.ino, found.mtimeMs, found.ctimeMs];
}
