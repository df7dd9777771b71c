/** The files of an npm tarball, by their path in the package: ustar with pax headers for long paths, as npm writes it. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface PackedFile {
  readonly text: string;
  readonly isExecutable: boolean;
}

const BLOCK = 512;

export function filesOfTarball(path: string): ReadonlyMap<string, PackedFile> {
  const bytes = gunzipSync(readFileSync(path));
  const files = new Map<string, PackedFile>();
  let longPath: string | undefined;
  for (let at = 0; bytes[at]; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = Number.parseInt(field(header, 124, 12), 8);
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size).toString();
    const type = field(header, 156, 1);
    if (type === 'x') longPath = /\d+ path=(.*)\n/.exec(content)?.[1];
    else {
      const name = longPath ?? [field(header, 345, 155), field(header, 0, 100)].filter(Boolean).join('/');
      const isExecutable = (Number.parseInt(field(header, 100, 8), 8) & 0o100) !== 0;
      files.set(name.replace(/^package\//, ''), { text: content, isExecutable });
      longPath = undefined;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function field(header: Buffer, from: number, length: number): string {
  return header
    .subarray(from, from + length)
    .toString()
    .replace(/\0.*$/s, '')
    .trim();
}
