/** One document of a corpus: read, checked, compiled, and executed where that is asked for. */
import { join } from 'node:path';
import { compileDescription, type Compiled, failing } from '../../lib/compile/compile.ts';
import { folderFiles } from '../../lib/embedded/file-source.ts';
import { isError } from '../../lib/engine/definition/finding.ts';
import { parseDefinition } from '../../lib/engine/definition/parse-definition.ts';
import type { Json } from '../../lib/model/json.ts';
import { type Corpus, type Entry, isEligible, overridesFor } from './entries.ts';
import { executed } from './execute.ts';
import { type DocumentResult, endOf } from './result.ts';

type Found = Pick<DocumentResult, 'result' | 'codes' | 'message' | 'executed'>;

export async function tried(corpus: Corpus, entry: Entry, execute: boolean): Promise<DocumentResult> {
  const base = { id: entry.id, eligible: isEligible(corpus, entry) };
  try {
    return { ...base, ...(await compiled(corpus, entry, execute)) };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...base, result: 'crashed', codes: [], message };
  }
}

async function compiled(corpus: Corpus, entry: Entry, execute: boolean): Promise<Found> {
  const made = await compileDescription({
    entry: entry.id,
    files: folderFiles({ root: join(corpus.folder, 'docs') }),
    read: { overrides: overridesFor(corpus, entry) },
  });
  const errors = made.diagnostics.filter(({ severity }) => severity === 'error');
  if (failing(made.diagnostics)) {
    const codes = [...new Set(errors.map(({ code }) => code))];
    return { result: 'refused', codes, message: errors[0]?.headline ?? '' };
  }
  requireValidMachines(made);
  if (!execute) return { result: 'compiled', codes: [] };
  const runs = await executed(made);
  const end = endOf(runs);
  const worst = runs.find((one) => one.end === end)?.why;
  const broken = end === 'crashed' || end === 'hung';
  return { result: broken ? end : 'compiled', codes: [], executed: runs, ...(broken && { message: worst ?? '' }) };
}

function requireValidMachines({ workflows }: Compiled): void {
  for (const { machine, undoMachine, workflowId } of workflows) {
    for (const definition of [machine, undoMachine]) {
      // A definition is plain JSON; its interfaces only lack the index signature.
      const findings = parseDefinition(definition as unknown as Json).findings.filter(isError);
      if (findings.length > 0)
        throw new Error(`a machine of ${workflowId} is not valid: ${JSON.stringify(findings[0])}`);
    }
  }
}
