// Stacks of bundled commands as stacks of their sources: file and line as whoever mends them will look for them. The maps lie
// beside the files and are read when a stack is shown, so a command that needs none pays nothing.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

const PLACE = /(file:\/\/[^\s()]+\.js):(\d+):(\d+)/;

/** Below FOLDER, given by its URL, everything was bundled. */
export function showSourcesInStacks(folder) {
  const maps = new Map();
  const original = (whole, url, line, column) => {
    if (!url.startsWith(folder)) return whole;
    if (!maps.has(url)) maps.set(url, mapOf(url));
    const entry = maps.get(url)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry?.originalSource === undefined) return whole;
    return `${new URL(entry.originalSource, url).href}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
  Error.prepareStackTrace = (error, sites) =>
    [headOf(error), ...sites.map((site) => `    at ${String(site).replace(PLACE, original)}`)].join('\n');
}

/** What is thrown may not even say what it is. */
function headOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

function mapOf(url) {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}
