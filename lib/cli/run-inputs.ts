/**
 * `interlock run --inputs FILE`: one run for each input, and a result file beside the data. Everything that could stop
 * it is looked at first: the file to its last line, the result file of an earlier command, the data folder. Progress is
 * one line that moves on a screen, and now and then a line elsewhere.
 */
import { relative, resolve } from 'node:path';
import { renderText } from '../diagnostics/render-text.ts';
import { type BulkInput, type BulkProgress, runBulk, runIdsOf } from '../embedded/bulk.ts';
import { type EarlierResult, ResultFile } from '../embedded/bulk-results.ts';
import { readInputs } from '../embedded/inputs-file.ts';
import type { Inputs } from '../embedded/inputs-text.ts';
import type { RunAsked, Session } from '../embedded/session.ts';
import type { BulkResult, BulkSummary, InputStatus } from '../model/bulk.ts';
import type { Plan } from '../model/plan.ts';
import { inputFromCells } from '../runtime/input-cells.ts';
import { type Invocation, type OptionSpec, usageFailure } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { type BulkState, renderProgress, renderSummary } from './render-bulk.ts';
import { inkFor, type Terminal } from './terminal.ts';

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

export interface BulkRun {
  readonly invocation: Invocation;
  readonly session: Session;
  readonly folder: string;
  readonly plan: Plan;
  readonly asked: Omit<RunAsked, 'input' | 'runId'>;
  readonly bulk: BulkAsked;
}

export async function runInputs({ invocation, session, folder, plan, asked, bulk }: BulkRun): Promise<ExitCode> {
  const { terminal } = invocation;
  const { workflowId } = plan;
  const runIdOf = runIdsOf({ data: folder, results: bulk.resultsPath, workflowId });
  const results = await ResultFile.open(bulk.resultsPath, runIdOf);
  const inputs = inputsFor(plan, bulk.inputs);
  const meter = new Meter(inputs.length, terminal);
  try {
    const run = (one: RunAsked): ReturnType<Session['run']> => session.run(one, () => undefined);
    await runBulk({ asked, inputs, concurrency: bulk.concurrency, run, results, runIdOf, progress: meter });
  } finally {
    meter.stop();
    results.close();
  }
  return report(meter.summary(workflowId, bulk.resultsPath), invocation);
}

function inputsFor(plan: Plan, { rows }: Inputs): readonly BulkInput[] {
  const schema = plan.scopes['']?.inputSchema;
  return rows.map((row) => {
    const value = row.cells === undefined ? row.value : inputFromCells(schema, row.cells);
    return { index: row.index, value, ...(row.line !== undefined && { line: row.line }) };
  });
}

function report(summary: BulkSummary, { options, terminal }: Invocation): ExitCode {
  const shown = { ...summary, results: relative(process.cwd(), summary.results) };
  terminal.out(
    options.flag('json') ? `${JSON.stringify(summary)}\n` : renderSummary(shown, inkFor(terminal.colour.out)),
  );
  return summary.succeeded === summary.inputs ? ExitCode.Ok : ExitCode.Document;
}

const SCREEN_MS = 200;
const ELSEWHERE_MS = 5000;
const LINE_START = '\r\u001b[2K';

/** Counts, and shows where it stands. */
class Meter implements BulkProgress {
  readonly #total: number;
  readonly #terminal: Terminal;
  readonly #begun = Date.now();
  readonly #timer: NodeJS.Timeout;
  readonly #statuses = new Map<InputStatus, number>();
  #earlier = 0;
  #running = 0;

  constructor(total: number, terminal: Terminal) {
    this.#total = total;
    this.#terminal = terminal;
    this.#timer = setInterval(() => this.#show(), terminal.screen.error ? SCREEN_MS : ELSEWHERE_MS);
  }

  earlier({ status }: EarlierResult): void {
    this.#earlier += 1;
    this.#count(status);
  }

  started(): void {
    this.#running += 1;
  }

  ended({ status }: BulkResult): void {
    this.#running -= 1;
    this.#count(status);
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#terminal.screen.error) this.#terminal.error(LINE_START);
  }

  summary(workflowId: string, results: string): BulkSummary {
    const statuses = Object.fromEntries([...this.#statuses].toSorted(([left], [right]) => (left < right ? -1 : 1)));
    const succeeded = this.#statuses.get('succeeded') ?? 0;
    const ms = Date.now() - this.#begun;
    return { workflowId, inputs: this.#total, succeeded, statuses, earlier: this.#earlier, results, ms };
  }

  #count(status: InputStatus): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  #show(): void {
    const line = renderProgress(this.#state(), Date.now() - this.#begun);
    const { screen, width } = this.#terminal;
    this.#terminal.error(screen.error ? `${LINE_START}${line.slice(0, width - 1)}` : `${line}\n`);
  }

  #state(): BulkState {
    const ended = [...this.#statuses.values()].reduce((sum, count) => sum + count, 0);
    const failed = ended - (this.#statuses.get('succeeded') ?? 0);
    return { total: this.#total, ended, running: this.#running, failed, earlier: this.#earlier };
  }
}
