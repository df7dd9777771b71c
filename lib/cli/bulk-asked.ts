/**
 * What `interlock run --inputs FILE` asks for: its options, what excludes what, and the file, looked at to its last line
 * before anything starts. Doing it is run-inputs.ts's business, which is loaded only then.
 */
import { resolve } from 'node:path';
import { renderText } from '../diagnostics/render-text.ts';
import type { Inputs } from '../embedded/inputs-text.ts';
import { type Invocation, type OptionSpec, usageFailure } from './command.ts';
import { ExitCode } from './exit-code.ts';

const DEFAULT_CONCURRENCY = 10;
const MOST_CONCURRENCY = 1000;

export const INPUTS_OPTIONS: { readonly [name: string]: OptionSpec } = {
  inputs: {
    type: 'string',
    value: 'FILE',
    says: 'One run for each input of a .json (array), .jsonl or .csv file; the same command again goes on after a kill.',
  },
  results: {
    type: 'string',
    value: 'FILE',
    says: 'With --inputs: a JSON line for each input as it ends (default beside the inputs, NAME.results.jsonl).',
  },
  concurrency: {
    type: 'string',
    value: 'N',
    says: `With --inputs: so many runs at a time (default ${DEFAULT_CONCURRENCY}, at most ${MOST_CONCURRENCY}).`,
  },
};

export interface BulkAsked {
  readonly inputs: Inputs;
  readonly inputsPath: string;
  readonly resultsPath: string;
  readonly concurrency: number;
}

/** Undefined without `--inputs`. Reads the file; its faults are told and end the command with 2. */
export async function bulkAsked(invocation: Invocation): Promise<BulkAsked | ExitCode | undefined> {
  const { options, terminal } = invocation;
  const path = options.text('inputs');
  refuseMixtures(invocation, path);
  if (path === undefined) return undefined;
  const concurrency = concurrencyOf(options.text('concurrency'));
  const resultsPath = resolve(options.text('results') ?? path.replace(/\.[a-z]+$/i, '.results.jsonl'));
  if (resultsPath === resolve(path)) throw usageFailure('--results names the inputs themselves', 'Name another file.');
  const { readInputs } = await import('../embedded/inputs-file.ts');
  const inputs = await readInputs(path);
  if (inputs.diagnostics.length === 0) return { inputs, inputsPath: path, resultsPath, concurrency };
  const documents = new Map([[path, inputs.document]]);
  terminal.error(
    renderText(inputs.diagnostics, documents, { colour: terminal.colour.error, width: terminal.width }) +
      'Nothing was started.\n',
  );
  return ExitCode.Usage;
}

function refuseMixtures({ options }: Invocation, path: string | undefined): void {
  const given = (names: readonly string[]): string | undefined =>
    names.find((name) => options.text(name) !== undefined);
  const alone = path === undefined ? given(['results', 'concurrency']) : undefined;
  if (alone !== undefined) throw usageFailure(`--${alone} goes with --inputs`, 'Name a file of inputs with --inputs.');
  const mixed = path === undefined ? undefined : given(['input', 'id']);
  if (mixed !== undefined)
    throw usageFailure(
      `--${mixed} and --inputs exclude each other`,
      'Each input of the file is a run with an id of its own.',
    );
}

function concurrencyOf(given: string | undefined): number {
  const asked = Number(given ?? DEFAULT_CONCURRENCY);
  if (Number.isInteger(asked) && asked >= 1 && asked <= MOST_CONCURRENCY) return asked;
  throw usageFailure(
    `--concurrency ${given} is no number from 1 to ${MOST_CONCURRENCY}`,
    'Write it like --concurrency 20.',
  );
}
