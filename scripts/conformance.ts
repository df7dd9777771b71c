/**
 * `npm run conformance -- DIR [--json] [--page FILE]`: runs every recorded case of a folder; exits with 1 when one failed
 * that is not excused. The page is docs/feature-support.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { featurePage } from '../lib/engine/conformance/feature-page.ts';
import { isCase, type RecordedCase } from '../lib/engine/conformance/recorded-case.ts';
import { conformanceReport, reportText } from '../lib/engine/conformance/report.ts';
import type { Json } from '../lib/model/json.ts';

/** Name of a case and why it may fail. */
const EXCUSES = new URL('../test/conformance/excused.json', import.meta.url);

function casesIn(folder: string): readonly RecordedCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json)
    .filter(isCase);
}

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, page: { type: 'string' } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write('usage: npm run conformance -- DIR [--json] [--page FILE]\n');
  process.exit(2);
}
const excuses = new Map(Object.entries(JSON.parse(readFileSync(EXCUSES, 'utf8')) as Record<string, string>));
const cases = casesIn(folder);
const report = await conformanceReport(cases, { excuses });
if (values.page !== undefined) writeFileSync(values.page, featurePage(cases, report));
process.stdout.write(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
process.exitCode = report.failures.every(({ excuse }) => excuse !== undefined) ? 0 : 1;
