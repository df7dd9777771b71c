/** What a command is given by mistake: it is named with the change to make, and nothing is waited for that has no end. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, interlock } from '../support/command-line.ts';

const EXAMPLE = 'state-machines/order-fulfilment';
const hasDevices = existsSync('/dev/zero') && existsSync('/proc/self');

describe('an option with a value that it cannot have', () => {
  it.each([
    ['a code that there is not', ['check', EXAMPLE, '--silence', 'XIL999'], 'XIL999 is no code'],
    [
      'the code of an error',
      ['check', EXAMPLE, '--silence', 'XIL041', '--silence', 'ARZ036'],
      'ARZ036 is an error, and errors cannot be silenced',
    ],
    [
      'an id that no run can have',
      ['run', EXAMPLE, '--simulate', '--id', 'a b'],
      'A run id has 1 to 64 letters, digits, hyphens and underscores',
    ],
  ])('is refused as a fault of the command line: %s', async (_, words, sentence) => {
    const said = await interlock(words);
    expect([said.code, said.out]).toEqual([2, '']);
    expect(said.error).toContain(sentence);
  });
});

describe('a file that is none', () => {
  it.runIf(hasDevices)('is not read for ever as an input', async () => {
    const said = await interlock(['run', EXAMPLE, '--simulate', '--input', '@/dev/zero']);
    expect(said.code).toBe(2);
    expect(said.error).toContain('--input names /dev/zero, which holds more than 16 MiB');
  });

  it.runIf(hasDevices)('is not read for ever as an OpenAPI document', async () => {
    await inFolder(async (folder) => {
      const said = await interlock(['init', join(folder, 'flow'), '--from', '/dev/zero']);
      expect(said.code).toBe(2);
      expect(said.error).toContain('/dev/zero cannot be read (unreadable)');
      expect(existsSync(join(folder, 'flow'))).toBe(false);
    });
  });

  it('names the form of --from where a name has characters that it cannot have', async () => {
    await inFolder(async (folder) => {
      const said = await interlock(['init', join(folder, 'flow'), '--from', 'my api=api.yaml'], { cwd: folder });
      expect(said.code).toBe(2);
      expect(said.error).toContain('Write --from FILE or --from NAME=FILE, a name of letters, digits, `-` and `_`.');
    });
  });

  it('is larger than an input may be, also from standard input', async () => {
    const said = await interlock(['run', EXAMPLE, '--simulate', '-i', '-'], { input: ' '.repeat(17 * 1024 * 1024) });
    expect(said.code).toBe(2);
    expect(said.error).toContain('standard input, which holds more than 16 MiB');
  });
});

describe('a folder that cannot be made', () => {
  it.runIf(hasDevices)('ends init and run at once where its parent takes none', async () => {
    const made = await interlock(['init', '/proc/interlock-test']);
    expect(made.code).toBe(3);
    expect(made.error).toContain('/proc/interlock-test cannot be written');
    const ran = await interlock(['run', EXAMPLE, '--simulate', '--data', '/proc/interlock-test']);
    expect(ran.code).toBe(3);
    expect(ran.error).toContain('The data folder /proc/interlock-test cannot be made');
  });

  it('ends init where a file stands in its way, and says so', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'flow'), '');
      const said = await interlock(['init', join(folder, 'flow')]);
      expect(said.code).toBe(3);
      expect(said.error).toContain('cannot be written');
    });
  });
});
