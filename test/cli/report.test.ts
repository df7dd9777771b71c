/** `interlock report` as a terminal sees it: what goes where, exit codes, and what never is in it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interlock } from '../support/command-line.ts';
import { writeSmallFlow } from '../support/small-flow.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  writeSmallFlow(join(folder, 'flow'));
  mkdirSync(join(folder, 'flow', 'environments'));
  writeFileSync(
    join(folder, 'flow', 'environments', 'test.yaml'),
    'systems:\n  shop:\n    server: https://test.example.com\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('interlock report', () => {
  test('prints Markdown where no file is named', async () => {
    const said = await interlock(['report', join(folder, 'flow')]);
    expect(said.code).toBe(0);
    expect(said.out).toMatch(/^# Two reads\n/);
    expect(said.out).toContain('```mermaid\nflowchart LR');
    expect(said.error).toBe('');
  });

  test('writes both files into a folder that it makes, and says so', async () => {
    const out = join(folder, 'made', 'here');
    const said = await interlock(['report', join(folder, 'flow'), '-o', out, '--env', 'test']);
    expect(said).toMatchObject({ code: 0, out: '' });
    expect(said.error.split('\n').filter(Boolean).length).toBe(2);
    for (const name of ['flow.md', 'flow.html']) {
      const text = readFileSync(join(out, name), 'utf8');
      expect(text).toContain('test.example.com');
    }
    const page = readFileSync(join(out, 'flow.html'), 'utf8');
    const loaded = [
      ...page.matchAll(/<(?:script|iframe|img|link(?! rel="icon"))|@import|url\((?!#)|(?:src|href)="(?!#|data:)[^"]*/g),
    ];
    expect(loaded.map(([text]) => text)).toEqual([]);
  });

  test('says of a shipped integration where each credential is kept, and no more', async () => {
    const page = join(folder, 'orders.html');
    const said = await interlock(['report', 'state-machines/order-fulfilment', '--env', 'aws', '--html', page]);
    expect(said).toMatchObject({ code: 0, out: '' });
    const text = readFileSync(page, 'utf8');
    expect(text).toContain('{secret: order-fulfilment/payments, field: clientSecret}');
    expect(existsSync(join(folder, 'orders.md'))).toBe(false);
  });

  test('of a description with errors says these, and writes nothing', async () => {
    const broken = join(folder, 'broken.arazzo.yaml');
    writeFileSync(broken, 'arazzo: 1.1.0\ninfo: { title: x }\n');
    const said = await interlock(['report', broken, '--html', join(folder, 'broken.html')]);
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.error).toContain('version');
    expect(existsSync(join(folder, 'broken.html'))).toBe(false);
  });

  test.each([
    [['--env', 'nowhere'], 2, 'There is no environment nowhere'],
    [['--workflow', 'nothing'], 2, 'There is no workflow nothing'],
    [['--latency', 'long'], 2, 'long is no duration'],
    [['--html', 'package.json/report.html'], 3, 'cannot be written'],
    [['-o', 'package.json/nowhere'], 3, 'cannot be made'],
  ])('refuses %j with exit code %i', async (words, code, why) => {
    const said = await interlock(['report', join(folder, 'flow'), ...words]);
    expect(said.code).toBe(code);
    expect(said.error).toContain(why);
  });

  // Below it Node's own recursive making of folders never ends.
  test.runIf(existsSync('/proc/self'))('refuses a folder that takes none with exit code 3', async () => {
    const said = await interlock(['report', join(folder, 'flow'), '-o', '/proc/nowhere']);
    expect(said).toMatchObject({ code: 3, out: '' });
    expect(said.error).toContain('The folder /proc/nowhere cannot be made');
    expect(said.error).toContain('permissions');
  });
});
