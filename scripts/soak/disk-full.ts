/**
 * `npm run soak -- disk-full`: an engine on a small file system of its own (a tmpfs that only its processes see) that runs
 * full. It must refuse what it cannot record and nothing else, lose nothing that it acknowledged, and go on when there is
 * space again. Needs Linux with user namespaces.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SweepOptions, SweepResult } from '../soak.ts';
import type { FullDiskReport } from './full-disk-engine.ts';

const SCRIPT = 'mount -t tmpfs -o size="$3" tmpfs "$1" && exec "$2" "$4" "$1"';

export async function sweep({ say }: SweepOptions): Promise<SweepResult> {
  const lines: string[] = [];
  let ok = true;
  // Other sizes meet the end of the space at other moments: in the log, in a checkpoint, in the main file.
  for (let size = 13_000; size < 16_000; size += 250) {
    const report = onDisk(`${size}k`);
    if (report === null) return { ok: false, report: 'no file system of its own could be mounted here' };
    const { refused, endedAfterwards, integrity, lost, recovered, recoveredEnded } = report;
    const codes = Object.keys(refused);
    const isSound =
      codes.join() === 'store-full' &&
      endedAfterwards === 10 &&
      integrity === 'ok' &&
      lost === 0 &&
      recoveredEnded === recovered;
    ok &&= isSound;
    lines.push(`  ${size} KiB: ${isSound ? 'sound' : 'NOT SOUND'} ${JSON.stringify(report)}`);
    say(lines.at(-1) ?? '');
  }
  return { ok, report: `disk-full: ${lines.length} sizes, ${ok ? 'all sound' : 'not all sound'}` };
}

function onDisk(size: string): FullDiskReport | null {
  const root = mkdtempSync(join(tmpdir(), 'interlock-full-'));
  try {
    const engine = fileURLToPath(new URL('./full-disk-engine.ts', import.meta.url));
    const words = ['-Urm', 'sh', '-c', SCRIPT, 'sh', root, process.execPath, size, engine];
    const { stdout, stderr, status } = spawnSync('unshare', words, { encoding: 'utf8', timeout: 120_000 });
    if (status === 0) return JSON.parse(stdout) as FullDiskReport;
    process.stderr.write(stderr ?? '');
    return null;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
