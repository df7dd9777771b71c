/** What a command is given by mistake: it is named with the change to make, and nothing is waited for that has no end. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, interlock, interlockHere } from '../support/command-line.ts';

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
    const said = await interlockHere(words);
    expect([said.code, said.out]).toEqual([2, '']);
    expect(said.error).toContain(sentence);
  });
});

describe('a file that is none', () => {
  it.runIf(hasDevices)('is not read for ever as an input', async () => {
    const said = await interlockHere(['run', EXAMPLE, '--simulate', '--input', '@/dev/zero']);
    expect(said.code).toBe(2);
    expect(said.error).toContain('--input names /dev/zero, which holds more than 16 MiB');
  });

  it.runIf(hasDevices)('is not read for ever as an OpenAPI document', async () => {
    await inFolder(async (folder) => {
      const said = await interlockHere(['init', join(folder, 'flow'), '--from', '/dev/zero']);
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
    const ran = await interlockHere(['run', EXAMPLE, '--simulate', '--data', '/proc/interlock-test']);
    expect(ran.code).toBe(3);
    expect(ran.error).toContain('The data folder /proc/interlock-test cannot be made');
  });

  it('ends init where a file stands in its way, and says so', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'flow'), '');
      const said = await interlockHere(['init', join(folder, 'flow')]);
      expect(said.code).toBe(3);
      expect(said.error).toContain('cannot be written');
    });
  });
});

describe('an environment with faults', () => {
  it('is found by check, and refused by run with the same words', async () => {
    await inFolder(async (folder) => {
      const flow = join(folder, 'flow');
      expect((await interlockHere(['init', flow])).code).toBe(0);
      writeFileSync(join(flow, 'environments', 'local.yaml'), 'systems: { greetings: { server: http://a:99999 } }\n');
      const checked = await interlockHere(['check', flow]);
      expect([checked.code, checked.out]).toEqual([1, '']);
      expect(checked.error).toContain('at environments/local.yaml:1:');
      const ran = await interlockHere(['run', flow, '--data', join(folder, 'data')]);
      expect(ran.code).toBe(1);
      expect(ran.error).toMatch(/^interlock: The environment file .* has errors\n\nerror ENV008: /);
      for (const { error } of [checked, ran]) {
        expect(error).toContain('error ENV008: `server` of system "greetings" looks like a URL, but is none');
        expect(error).toMatch(/^ {2}See .*docs\/errors\/ENV008-server-no-url\.md$/m);
      }
    });
  });
});

describe('a document with several workflows', () => {
  const flow = (...workflows: readonly string[]): string =>
    [
      'arazzo: 1.1.0',
      'info: { title: Several, version: 1.0.0 }',
      'sourceDescriptions: [{ name: api, url: ./api.yaml, type: openapi }]',
      'workflows:',
      ...workflows,
      '',
    ].join('\n');
  const API = `openapi: 3.1.0
info: { title: A, version: 1.0.0 }
paths: { /a: { get: { operationId: look, responses: { '200': { description: It. } } } } }
`;
  const INNER = '  - { workflowId: inner, steps: [{ stepId: one, operationId: look }] }';
  const OUTER = '  - { workflowId: outer, steps: [{ stepId: all, workflowId: inner }] }';
  const OTHER = '  - { workflowId: other, steps: [{ stepId: two, operationId: look }] }';

  async function ran(...workflows: readonly string[]): Promise<Awaited<ReturnType<typeof interlock>>> {
    return await inFolder(async (folder) => {
      writeFileSync(join(folder, 'flow.arazzo.yaml'), flow(...workflows));
      writeFileSync(join(folder, 'api.yaml'), API);
      return await interlockHere(['run', folder, '--simulate', '--json', '--data', join(folder, 'data')]);
    });
  }

  it('runs the one that no other leads to', async () => {
    const said = await ran(INNER, OUTER);
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ workflowId: 'outer', status: 'succeeded' });
  });

  it('asks which one is meant where there are several of those', async () => {
    const said = await ran(INNER, OUTER, OTHER);
    expect(said.code).toBe(2);
    expect(said.error).toContain('Choose one with --workflow: inner, outer, other.');
  });
});
