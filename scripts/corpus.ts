/**
 * `npm run corpus -- DIR [--execute] [--json]`: reads, checks and compiles every Arazzo document of a folder in the corpus
 * format (manifest.json + docs/), runs each against systems made from its OpenAPI documents where that is asked for, and
 * prints totals. A crash, and a document that does not end, are our fault and fail the command; a refusal is an answer.
 */
import { readCorpus } from './corpus/entries.ts';
import { cannotMeetIn, executedTotals, reportOf, totalsOf } from './corpus/report.ts';
import { tryAll } from './corpus/watched.ts';

/** Longer than all the work that is allowed takes on a slow machine. */
const PATIENCE_MS = 180_000;
const FLAGS: ReadonlySet<string> = new Set(['--execute', '--json']);

const [folder, ...flags] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-') || !flags.every((flag) => FLAGS.has(flag))) {
  process.stderr.write('usage: npm run corpus -- DIR [--execute] [--json]\n');
  process.exit(2);
}

const execute = flags.includes('--execute');
const corpus = readCorpus(folder);
let done = 0;
const documents = await tryAll({
  corpus,
  execute,
  patienceMs: PATIENCE_MS,
  onResult: () => {
    done += 1;
    if (done % 25 === 0) process.stderr.write(`${done} of ${corpus.entries.length} documents\n`);
  },
});

const totals = { ...totalsOf(documents), ...(execute && executedTotals(documents)) };
const cannotMeet = execute ? { cannotMeet: cannotMeetIn(documents) } : {};
process.stdout.write(
  flags.includes('--json') ? `${JSON.stringify({ totals, ...cannotMeet, documents })}\n` : reportOf(documents, execute),
);
process.exitCode = totals.crashed + totals.hung > 0 ? 1 : 0;
