/** The launchers under a Node that cannot run the sources: they hand over to the pinned one, or say what to do. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Said } from '../support/command-line.ts';
import { ROOT } from '../support/source-tree.ts';

/** Evaluated before the launcher: this Node says that it is an older one. */
const PRETENCE =
  "data:text/javascript,const v={...process.versions,node:'20.1.0'};Object.defineProperty(process,'versions',{value:v})";

const hasPinned = existsSync(join(ROOT, 'node_modules', '.bin', 'node'));

describe('a launcher under an older Node', () => {
  it('says in one line which Node is needed, with the exit code of the world', async () => {
    const { code, out, error } = await underOlderNode('interlock', { INTERLOCK_NODE: '1' });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(error).toMatch(
      /^interlock needs Node 24 or newer; this is v\d+\.\d+\.\d+\. Install it from nodejs\.org\.\n$/,
    );
  });

  it('says the same for the CDK app and for the compiler of a construct', async () => {
    for (const name of ['app', 'describe']) {
      const { code, error } = await underOlderNode(name, { INTERLOCK_NODE: '1' });
      expect({ code, lines: error.split('\n').length }).toEqual({ code: 3, lines: 2 });
    }
  });

  it('hands over to the pinned Node where there is one, with words, output and exit code', async () => {
    const said = await underOlderNode('interlock', {}, ['chek']);
    expect(said.code).toBe(hasPinned ? 2 : 3);
    expect(said.error).toContain(hasPinned ? 'There is no command chek' : 'interlock needs Node 24');
  });
});

function underOlderNode(
  name: string,
  env: { readonly [name: string]: string },
  words: readonly string[] = ['--version'],
): Promise<Said> {
  const program = ['--import', PRETENCE, join(ROOT, 'bin', `${name}.js`), ...words];
  const options = { env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, program, options, (_, out, error) =>
      resolve({ code: child.exitCode, out, error }),
    );
  });
}
