/** `npm start`, as package.json has it: the first thing that anybody runs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, type Said } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';

const TIMEOUT = 120_000;

describe('npm start', () => {
  it(
    'has one order go through and another one undone, and counts both as well',
    async () => {
      const { code, out, error } = await inFolder(async (data) => started('--data', data));
      expect({ code, error }).toMatchObject({ code: 0 });
      expect(out.match(/^place-order \w+/gm)).toEqual(['place-order succeeded', 'place-order compensated']);
      expect(error.match(/undo of \S+ done/g)).toEqual([
        'undo of capture-payment done',
        'undo of authorise-payment done',
        'undo of reserve-stock done',
      ]);
    },
    TIMEOUT,
  );

  it(
    'fails where an order does not end as told',
    async () => {
      const { code, out, error } = await inFolder(async (data) =>
        started('--data', data, '--server', 'fraud=http://127.0.0.1:1'),
      );
      expect({ code, out: out.match(/^place-order \w+/gm) }).toEqual({ code: 1, out: ['place-order compensated'] });
      expect(error).toContain('This order should have ended as succeeded.');
    },
    TIMEOUT,
  );
});

/** The words of the script, under this very Node. */
function started(...more: readonly string[]): Said {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  const [node, ...words] = scripts.start.split(' ');
  expect(node).toBe('node');
  const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir() };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...words, ...more], {
    cwd: ROOT,
    env,
    timeout: TIMEOUT,
  });
  return { code: status, out: stdout.toString(), error: stderr.toString() };
}
