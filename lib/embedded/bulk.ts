/**
 * Many runs of one workflow, so many at a time: each input is a run like any other, with its record, its journal and its
 * undo. A run's id is a function of the bulk run and the input's place in it, so a command that was killed is begun again
 * by the same command: what ended is not run again, what was under way is found and waited for, the rest is started.
 * Nothing of a bulk run is kept but its result file and its runs.
 */
import { relative } from 'node:path';
import { type BulkResult, INPUT_CONFLICT, INPUT_INVALID } from '../model/bulk.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { RunView } from '../model/run.ts';
import { digestOfValue, sha256 } from '../runtime/digest.ts';
import type { InputProblem } from '../runtime/run.ts';
import type { EarlierResult, ResultFile } from './bulk-results.ts';
import type { RunAsked, RunEnded } from './session.ts';

export interface BulkInput {
  readonly index: number;
  readonly line?: number;
  readonly value: Json;
}

export interface BulkOptions {
  /** All but the input and the run's id. */
  readonly asked: Omit<RunAsked, 'input' | 'runId'>;
  readonly inputs: readonly BulkInput[];
  readonly concurrency: number;
  readonly run: (asked: RunAsked) => Promise<RunEnded>;
  readonly results: ResultFile;
  readonly runIdOf: (index: number) => string;
  readonly progress: BulkProgress;
}

export interface BulkProgress {
  earlier(result: EarlierResult): void;
  started(): void;
  ended(result: BulkResult): void;
}

/**
 * The name of a bulk run is that of its result file as seen from the data folder (the two move together) and of its
 * workflow: the same file again goes on with the same runs, another file begins others.
 */
export function runIdsOf({ data, results, workflowId }: BulkName): (index: number) => string {
  const digest = sha256(`${relative(data, results)}\n${workflowId}`).slice(0, 10);
  const prefix = workflowId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40);
  return (index) => `${prefix}-${digest}-${index}`;
}

export interface BulkName {
  readonly data: string;
  readonly results: string;
  readonly workflowId: string;
}

/** Resolves when all inputs have ended. A failure of the world begins nothing more, and is thrown when all is quiet. */
export async function runBulk(options: BulkOptions): Promise<void> {
  refuseChanges(options);
  const { inputs, concurrency } = options;
  // One iterator for all: each input is taken once.
  const open = inputs.values();
  let broken: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (const input of open) {
      if (broken !== undefined) return;
      await settle(input, options).catch((error: unknown) => {
        broken ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, inputs.length) }, work));
  if (broken !== undefined) throw broken.error;
}

async function settle(input: BulkInput, options: BulkOptions): Promise<void> {
  const { results, progress } = options;
  const earlier = results.earlier.get(input.index);
  if (earlier !== undefined) return progress.earlier(earlier);
  progress.started();
  const result = await resultOf(input, options);
  results.append(result);
  progress.ended(result);
}

async function resultOf({ index, line, value }: BulkInput, { asked, run, runIdOf }: BulkOptions): Promise<BulkResult> {
  const runId = runIdOf(index);
  const about = { index, ...(line !== undefined && { line }), runId };
  const inputDigest = digestOfValue(runId, value);
  try {
    const ended = await run({ ...asked, input: value, runId });
    const told = ended.kind === 'invalid' ? invalid(ended.problems) : outcomeOf(ended.view);
    return { ...about, ...told, inputDigest };
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'run-conflict') throw error;
    return { ...about, status: 'conflict', error: { error: INPUT_CONFLICT, message: error.message }, inputDigest };
  }
}

type Told = Omit<BulkResult, 'index' | 'line' | 'runId' | 'inputDigest'>;

function outcomeOf({ status, outputs, error, startedAt, endedAt }: RunView): Told {
  return {
    status,
    ...(status === 'succeeded' && { outputs: outputs ?? {} }),
    ...(error !== undefined && { error }),
    ...(endedAt !== null && { ms: Date.parse(endedAt) - Date.parse(startedAt) }),
  };
}

/** Without the values: the file of inputs has them, and they may be secret. */
function invalid(problems: readonly InputProblem[]): Told {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = `${first?.pointer || 'the input'} ${first?.message ?? 'breaks the inputs schema'}${more}`;
  return {
    status: 'invalid',
    error: { error: INPUT_INVALID, message },
    problems: problems.map(({ pointer, message: rule }) => ({ pointer, message: rule })),
  };
}

/** What ran with one input must not pass for the result of another. */
function refuseChanges({ inputs, results }: BulkOptions): void {
  const changed = inputs.filter(({ index, value }) => {
    const earlier = results.earlier.get(index);
    return earlier !== undefined && digestOfValue(earlier.runId, value) !== earlier.inputDigest;
  });
  const gone = [...results.earlier.values()].filter(({ index }) => index >= inputs.length);
  const [first] = changed;
  if (first === undefined && gone.length === 0) return;
  const what =
    first === undefined
      ? `${gone.length} of its inputs are not in the file any more`
      : `${changed.length} of its inputs have changed, the first is ${nameOf(first)}`;
  throw new Failure('inputs-changed', `The result file ${results.path} is of other inputs: ${what}`, {
    kind: 'usage',
    remedy: 'Name another result file with --results, and give it only inputs that are to be run. Nothing was started.',
  });
}

function nameOf({ index, line }: BulkInput): string {
  return line === undefined ? `item ${index + 1}` : `the one on line ${line}`;
}
