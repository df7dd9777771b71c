/** The command line as a user meets it: help, exit codes, and clear words for what is wrong, never a stack; in a process of its own where that could differ. */
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder, interlock, interlockHere } from '../support/command-line.ts';

const EXAMPLE = 'state-machines/order-fulfilment';

describe('the command line', () => {
  it('shows what it can do when it is asked nothing', async () => {
    const said = await interlock([]);
    expect(said.code).toBe(0);
    expect(said.out).toContain('Usage: interlock COMMAND');
    expect(said.error).toBe('');
  });

  it('ends with examples that begin with its own name in every help', async () => {
    for (const command of [
      'check',
      'compile',
      'run',
      'runs',
      'queue',
      'cancel',
      'undo',
      'resolve',
      'skip',
      'retry',
      'init',
    ]) {
      const { code, out } = await interlockHere([command, '--help']);
      expect(code).toBe(0);
      expect(out.split('Examples:')[1]).toMatch(/^\n {2}interlock /);
    }
  });

  it('fails with 2 and the nearest name on a command that does not exist', async () => {
    const said = await interlockHere(['chek']);
    expect(said).toEqual({ code: 2, out: '', error: 'interlock: There is no command chek\n  Did you mean "check"?\n' });
  });

  it('fails with 2 on an option that does not exist', async () => {
    const said = await interlockHere(['check', '--bogus', EXAMPLE]);
    expect(said.code).toBe(2);
    expect(said.error).toBe("interlock: Unknown option '--bogus'\n  Run `interlock check --help` for its options.\n");
  });

  it('fails with 2 on a file that is not there', async () => {
    const said = await interlockHere(['check', 'nowhere']);
    expect(said.code).toBe(2);
    expect(said.error).toContain('There is no file or folder nowhere');
  });

  it('fails with 2 on an input that is no JSON', async () => {
    const said = await interlockHere(['run', EXAMPLE, '--simulate', '--input', '{"a":']);
    expect(said.code).toBe(2);
    expect(said.error).toContain('--input is not JSON');
  });

  it('fails with 1 on broken YAML and names line and column', async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'flow.arazzo.yaml'), 'arazzo: 1.1.0\ninfo: {title: x\n');
      const said = await interlockHere(['check', join(folder, 'flow.arazzo.yaml')]);
      expect(said.code).toBe(1);
      expect(said.error).toMatch(/error DOC\d{3}/);
      expect(said.error).toContain('flow.arazzo.yaml:');
      expect(said.error).not.toMatch(/^ +at .*\.ts:/m);
    });
  });

  it("names a code's page by the path from where the reader stands", async () => {
    await inFolder(async (folder) => {
      writeFileSync(join(folder, 'flow.arazzo.yaml'), 'arazzo: 9.0.0\n');
      const { error } = await interlock(['check', '.'], { cwd: folder });
      const [, page = ''] = /^ {2}See (.*)$/m.exec(error) ?? [];
      expect(page).toMatch(/docs\/errors\/ARZ\d{3}-[a-z-]+\.md$/);
      expect(existsSync(resolve(realpathSync(folder), page))).toBe(true);
    });
  });

  it('fails with 3 on missing credentials, before anything is started', async () => {
    await inFolder(async (folder) => {
      const said = await interlockHere(['run', EXAMPLE, '-i', `@${EXAMPLE}/input.example.json`, '--data', folder]);
      expect(said.code).toBe(3);
      expect(said.error).toContain('ORDER_DEMO_INVENTORY_KEY (inventory)');
      expect(said.error).toContain('Nothing was started.');
    });
  });

  it('fails with 1 on an input that breaks its schema and names each member', async () => {
    await inFolder(async (folder) => {
      const said = await interlockHere(['run', EXAMPLE, '--simulate', '-i', '{"orderId": 5}', '--data', folder]);
      expect(said.code).toBe(1);
      expect(said.error).toContain('/orderId must be string, got 5');
    });
  });

  it('runs a new integration simulated, right after init', async () => {
    await inFolder(async (folder) => {
      const flow = join(folder, 'flow');
      expect((await interlockHere(['init', flow])).code).toBe(0);
      expect((await interlockHere(['check', flow])).code).toBe(0);
      const said = await interlock(['run', flow, '--simulate', '--json', '--data', join(folder, 'data')]);
      expect(said.code).toBe(0);
      expect(JSON.parse(said.out)).toMatchObject({ workflowId: 'first', status: 'succeeded' });
    });
  });

  it('checks the example clean', async () => {
    const said = await interlockHere(['check', EXAMPLE, '--json']);
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ ok: true, workflows: ['place-order'] });
  });

  it('prints the machine of the example as it is checked in', async () => {
    const said = await interlockHere(['compile', EXAMPLE]);
    expect(said.code).toBe(0);
    const { readFileSync } = await import('node:fs');
    expect(said.out).toBe(readFileSync(`${EXAMPLE}/place-order.asl.json`, 'utf8'));
  });
});
