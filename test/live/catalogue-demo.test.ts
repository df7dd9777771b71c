/** The catalogue example as somebody runs it: real servers, a real wait between two questions, part of it refused. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { interlock } from '../support/command-line.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['furniture', { batches: [expect.any(String), expect.any(String), expect.any(String)], products: 12 }],
  ['antiques', { batches: [expect.any(String), null, expect.any(String)], products: 8 }],
])(
  'the catalogue %s is published as far as the shop takes it',
  async (catalogue, outputs) => {
    const input = JSON.stringify({ catalogue, locale: 'de-DE' });
    const words = ['run', 'state-machines/catalogue-sync', '--demo', '--json', '--data', join(folder, catalogue)];
    const said = await interlock([...words, '--input', input]);
    expect(said.code, said.error).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ status: 'succeeded', outputs });
  },
  120_000,
);
