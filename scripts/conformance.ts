/** `npm run conformance -- DIR [--json]`: runs every recorded case of a folder; exits with 1 when one failed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

const [folder] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (folder === undefined) {
  process.stderr.write('usage: npm run conformance -- DIR [--json]\n');
  process.exit(2);
}
const excuses = new Map(Object.entries(JSON.parse(readFileSync(EXCUSES, 'utf8')) as Record<string, string>));
const report = await conformanceReport(casesIn(folder), { excuses });
process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
process.exitCode = report.failures.length === 0 ? 0 : 1;
