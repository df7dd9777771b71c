/**
 * `npm run alarms -- DIR SEED [COUNT]`: analyses every workflow of a folder in the corpus format (manifest.json + docs/), and
 * draws COUNT (40) of the data-flow alarms by the seed, for somebody to read each against its documents. What is drawn
 * depends on the seed and the alarms alone, not on their order.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyze, DEFAULT_LATENCY_MS } from '../lib/analyze/analyze.ts';
import { PRICES } from '../lib/analyze/prices.ts';
import { compileDescription } from '../lib/compile/compile.ts';
import { toJson } from '../lib/diagnostics/render-json.ts';
import { folderFiles } from '../lib/embedded/file-source.ts';

interface Entry {
  readonly id: string;
  readonly sources: readonly { readonly url: string; readonly resolved: string | null }[];
}

interface Alarm {
  readonly document: string;
  readonly code: string;
  readonly line: number | null;
  readonly headline: string;
  readonly why: string;
}

const [folder, seed, count = '40'] = process.argv.slice(2);
if (folder === undefined || seed === undefined) {
  process.stderr.write('usage: npm run alarms -- DIR SEED [COUNT]\n');
  process.exit(2);
}

const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as readonly Entry[];
const byUrl = new Map(
  manifest.flatMap(({ sources }) =>
    sources.flatMap(({ url, resolved }) => (resolved !== null && URL.canParse(url) ? [[url, resolved] as const] : [])),
  ),
);
const flows = { workflows: 0, values: 0 };
const verdicts = new Map<string, number>();
const alarms: Alarm[] = [];
for (const entry of manifest) alarms.push(...(await alarmsOf(entry, folder)));

const rank = (alarm: Alarm): string =>
  createHash('sha256')
    .update(`${seed}\n${JSON.stringify(alarm)}`)
    .digest('hex');
const ranked = alarms.map((alarm) => ({ alarm, rank: rank(alarm) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
const codes = [...Map.groupBy(alarms, ({ code }) => code)].map(([code, { length }]) => `${code} ${length}`).sort();
process.stdout.write(
  [
    `${flows.workflows} workflows, ${flows.values} values: ${[...verdicts].map(([verdict, many]) => `${many} ${verdict}`).join(', ')}`,
    `${alarms.length} alarms: ${codes.join(', ')}`,
    ...ranked
      .slice(0, Number(count))
      .map(
        ({ alarm: { document, line, code, headline, why } }) => `${document}:${line} ${code}: ${headline}\n    ${why}`,
      ),
    '',
  ].join('\n'),
);

async function alarmsOf({ id, sources }: Entry, root: string): Promise<readonly Alarm[]> {
  const own = sources.flatMap(({ url, resolved }) => (resolved === null ? [] : [[url, resolved] as const]));
  const compiled = await compileDescription({
    entry: id,
    files: folderFiles({ root: join(root, 'docs') }),
    read: { overrides: new Map([...byUrl, ...own]) },
  });
  const found = new Map<string, Alarm>();
  for (const { plan, machine } of compiled.workflows) {
    const { documents } = compiled;
    const analysis = analyze({ plan, machine, documents, latencyMs: DEFAULT_LATENCY_MS, prices: PRICES });
    flows.workflows += 1;
    flows.values += analysis.flows.length;
    for (const { verdict } of analysis.flows) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    for (const { code, line, headline, notes } of toJson(analysis.findings, documents)) {
      if (!code.startsWith('FLW')) continue;
      const alarm = { document: id, code, line, headline, why: notes[0]?.text ?? '' };
      found.set(JSON.stringify(alarm), alarm);
    }
  }
  return [...found.values()];
}
