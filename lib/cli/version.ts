/** The version in the nearest package.json above a file: the same from the sources, from dist and from build/prepared. */
export function versionBeside(file: string, read: (url: URL) => string): string {
  for (const up of ['../package.json', '../../package.json', '../../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(read(new URL(up, file)));
      if (typeof manifest === 'object' && manifest && 'version' in manifest) return String(manifest.version);
    } catch {
      continue;
    }
  }
  return 'unknown';
}
