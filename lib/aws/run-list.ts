/**
 * Runs by start, newest first, from the index that is by workflow: the newest of each, merged. A page's `next` is the
 * start text of its last run, below which the next page of every workflow begins.
 */
import type { RunQuery, RunSummary } from '../runtime/ports/journal.ts';
import { startedText, summaryOf } from './run-items.ts';
import type { RunTable } from './run-table.ts';

export async function newestRuns(
  table: RunTable,
  workflowIds: readonly string[],
  query: RunQuery,
): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: string }> {
  const found = await Promise.all(workflowIds.map((workflowId) => newestOf(table, workflowId, query)));
  const sorted = found.flat().sort((one, other) => (startedText(one) < startedText(other) ? 1 : -1));
  const runs = sorted.slice(0, query.limit);
  const last = runs.at(-1);
  return { runs, ...(sorted.length > query.limit && last && { next: startedText(last) }) };
}

/** One more than asked for, so that it shows whether there is a next page. */
async function newestOf(
  table: RunTable,
  workflowId: string,
  { phases, limit, after }: RunQuery,
): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  let before = after;
  for (let more = true; more && found.length <= limit; ) {
    const page = await table.newest({ workflowId, before, limit: limit + 1 });
    const runs = page.items.map(summaryOf);
    found.push(...runs.filter(({ phase }) => !phases?.length || phases.includes(phase)));
    const last = runs.at(-1);
    more = page.more && last !== undefined;
    if (last) before = startedText(last);
  }
  return found.slice(0, limit + 1);
}
