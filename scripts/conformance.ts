/**
 * `npm run conformance -- DIR [--json] [--page FILE]`: runs every recorded case of a folder; exits with 1 when one failed
 * that is not excused, with 2 when the folder cannot be read or holds no case. The page is docs/feature-support.md.
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

const USAGE = 'usage: npm run conformance -- DIR [--json] [--page FILE]';

/** What else lies in the folder (an index, a licence) is no case and not looked at. */
function casesIn(folder: string): readonly RecordedCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => parsed(join(folder, file)))
    .filter(isCase);
}

function parsed(path: string): Json {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exit(2);
}

function asked(): { readonly folder: string; readonly json: boolean; readonly page: string | undefined } {
  try {
    const options = { json: { type: 'boolean' }, page: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) refuse('conformance takes one folder of cases');
    return { folder, json: values.json === true, page: values.page };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function casesOrRefusal(folder: string): readonly RecordedCase[] {
  try {
    const cases = casesIn(folder);
    return cases.length > 0 ? cases : refuse(`${folder} holds no case`);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

const { folder, json, page } = asked();
const excuses = new Map(Object.entries(JSON.parse(readFileSync(EXCUSES, 'utf8')) as Record<string, string>));
const cases = casesOrRefusal(folder);
const report = await conformanceReport(cases, { excuses });
if (page !== undefined) writeFileSync(page, featurePage(cases, report));
process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
process.exitCode = report.failures.every(({ excuse }) => excuse !== undefined) ? 0 : 1;
