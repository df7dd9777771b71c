/** What the start of a function reads: the bound is a promise (docs/decisions/031), and what breaks it is a static import. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { coldPath } from '../../../bench/lambda.ts';
import { bundleHandlers } from '../../../scripts/bundle.ts';

let folder: string;

beforeAll(async () => {
  folder = await bundleHandlers();
}, 60_000);

describe('the bundle of the call function', () => {
  it('reads less than 465 KB when it starts', () => {
    const bytes = coldPath(folder, 'call.mjs').map((file) => statSync(file).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(465_000);
  });

  it.each([
    ['S3', 'com.amazonaws.s3'],
    ['Secrets Manager', 'com.amazonaws.secretsmanager'],
    ['SSM', 'com.amazonaws.ssm'],
    ['patterns', 'invalid character class range'],
    ['XPath', 'XPST0003'],
    ['OAuth', 'client_credentials'],
  ])('has what %s needs in a file that is loaded on first use', (_, mark) => {
    const cold = coldPath(folder, 'call.mjs').map((file) => basename(file));
    const holding = filesIn(folder).filter((file) => readFileSync(join(folder, file), 'utf8').includes(mark));
    expect(holding).not.toEqual([]);
    expect(holding.filter((file) => cold.includes(file))).toEqual([]);
  });

  it('never imports node:http, whose exports load the whole of undici', () => {
    const importing = coldPath(folder, 'call.mjs').filter((file) =>
      /from ?"node:http"/.test(readFileSync(file, 'utf8')),
    );
    expect(importing).toEqual([]);
  });
});

function filesIn(of: string): readonly string[] {
  return readdirSync(of).filter((file) => file.endsWith('.mjs'));
}
