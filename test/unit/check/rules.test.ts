/** A rule has one name everywhere: its file, its function, the slug of its code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../../lib/check/rules.ts';
import { arzRuleCodes } from '../../../lib/diagnostics/codes/arz-rules.ts';
import { asyRuleCodes } from '../../../lib/diagnostics/codes/asy-rules.ts';
import { xilRuleCodes } from '../../../lib/diagnostics/codes/xil-rules.ts';
import { ROOT } from '../../support/source-tree.ts';

const folder = join(ROOT, 'lib/check/rules');
const files = readdirSync(folder);
const slugs = new Map(
  Object.entries({ ...arzRuleCodes, ...asyRuleCodes, ...xilRuleCodes }).map(([code, { slug }]) => [
    slug as string,
    code,
  ]),
);

const camel = (file: string) =>
  file.replace('.ts', '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('the rules', () => {
  it('are all in the list', () => {
    expect(rules.map(({ name }) => name).sort()).toEqual(files.map(camel).sort());
  });

  it.each(files)('%s reports its own code and no other', (file) => {
    const reported = readFileSync(join(folder, file), 'utf8').match(/(?:ARZ|ASY|XIL)\d{3}/g) ?? [];
    expect([...new Set(reported)]).toEqual([slugs.get(file.replace('.ts', ''))]);
  });
});
