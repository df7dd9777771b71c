/** `interlock rehearse` as a terminal sees it: streams, exit codes, and the files for CI and for people. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flowFiles, undoable } from '../support/rehearsing.ts';
import { interlock, interlockHere } from '../support/command-line.ts';

const TIME = 120_000;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rehearse-'));
  const files = flowFiles({ first: undoable('first'), second: undoable('second') });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = ['--most', '150', '--for', '10ms'] as const;

describe('interlock rehearse', () => {
  test(
    'prints one JSON object with --json, on threads the same as on one, and exits with 0',
    async () => {
      const [one, other] = [
        await interlock(['rehearse', folder, ...SMALL, '--json', '-i', '{"ref":"r-1"}']),
        await interlock(['rehearse', folder, ...SMALL, '--json', '-i', '{"ref":"r-1"}']),
      ];
      expect(one.code).toBe(0);
      expect(other.out).toBe(one.out);
      const report = JSON.parse(one.out);
      expect(report).toMatchObject({ seed: 1, violations: [], scenarios: { explored: 158, searched: 8 } });
      expect(report.matrix.cells.second.refused.end).toBe('compensated');
      expect(one.error.split('\n').some((line) => line.includes('rehearsing:'))).toBe(false);
    },
    TIME,
  );

  test(
    'writes JUnit and a page that loads nothing, and prints the matrix',
    async () => {
      const [xml, html] = [join(folder, 'r.xml'), join(folder, 'r.html')];
      const said = await interlock(['rehearse', folder, '--most', '0', '--for', '0s', '--junit', xml, '--html', html]);
      expect(said.code).toBe(0);
      expect(said.out).toContain('all eight invariants held in every scenario');
      expect(said.out).toMatch(/^refused +c +c/m);
      expect(readFileSync(xml, 'utf8')).toContain('<testcase classname="flow.second" name="refused: compensated"/>');
      const page = readFileSync(html, 'utf8');
      const loaded = [...page.matchAll(/<(?:script|iframe|img)|@import|url\(|(?:src|href)="(?!#|data:)[^"]*/g)];
      expect(loaded.map(([text]) => text)).toEqual([]);
      const links = [...page.matchAll(/href="#(s[\d.]+)"/g)].map(([, id]) => id);
      expect(links.length).toBeGreaterThan(50);
      expect(links.filter((id) => !page.includes(`<section id="${id}"`))).toEqual([]);
    },
    TIME,
  );

  test(
    'plays one scenario, of a file or of a report, with its timeline',
    async () => {
      const file = join(folder, 'scenario.json');
      writeFileSync(file, '{"second": ["throttled", "ok"], "undo first": ["not-sent"]}');
      const own = await interlock(['rehearse', folder, '--scenario', file]);
      expect(own.code).toBe(0);
      expect(own.out).toContain('fault: throttled at shop.make-second #1');
      expect(own.out).toContain('never got as far as: not-sent at shop.cancel #1');
      const replayed = await interlock(['rehearse', folder, '--replay', 's1', '--json']);
      expect(JSON.parse(replayed.out)).toMatchObject({ fired: [expect.stringContaining('#1')], missed: [] });
    },
    TIME,
  );

  test(
    'tells what it knows when a signal breaks it off, and ends with 130',
    async () => {
      const before = process.listenerCount('SIGTERM');
      const ended = interlockHere(['rehearse', folder, '--for', '60s', '--json']);
      while (process.listenerCount('SIGTERM') === before) await new Promise((resolve) => void setImmediate(resolve));
      process.emit('SIGTERM', 'SIGTERM');
      const said = await ended;
      expect(said.code).toBe(130);
      expect(JSON.parse(said.out)).toMatchObject({ brokenOff: true, workflowId: 'flow' });
      expect(said.error).toContain('SIGTERM: stopping, the report so far follows');
    },
    TIME,
  );

  test.each([
    [['--replay', 'x'], 'There is no scenario x'],
    [['--replay', 's999999'], 'There is no scenario s999999'],
    [['--for', 'long'], 'long is no duration'],
    [['--seed', '-1'], 'seed'],
    [['--scenario', 'nowhere.json'], 'cannot be read'],
    [['--scenario', 'a.json', '--replay', 's'], 'exclude each other'],
  ])('refuses %j', async (words, why) => {
    const said = await interlock(['rehearse', folder, ...words]);
    expect(said.code).toBe(2);
    expect(said.error).toContain(why);
  });

  test('refuses an input against its schema, and a scenario of unknown steps', async () => {
    const wrong = await interlock(['rehearse', folder, '-i', '{"ref": 1}']);
    expect(wrong.code).toBe(1);
    expect(wrong.error).toContain('ref');
    const file = join(folder, 'unknown.json');
    writeFileSync(file, '{"third": ["refused"]}');
    const unknown = await interlock(['rehearse', folder, '--scenario', file]);
    expect(unknown.code).toBe(2);
    expect(unknown.error).toContain('there is no step third; there are first, second');
  });
});
