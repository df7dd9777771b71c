/**
 * `interlock run --inputs FILE`, as it was asked for (bulk-asked.ts): one run for each input, and a result file beside the
 * data. Progress is one line that moves on a screen, and now and then a line elsewhere.
 */
import { relative } from 'node:path';
import { type BulkInput, type BulkProgress, runBulk, runIdsOf } from '../embedded/bulk.ts';
import { type EarlierResult, ResultFile } from '../embedded/bulk-results.ts';
import type { Inputs } from '../embedded/inputs-text.ts';
import type { RunAsked, Session } from '../embedded/session.ts';
import type { BulkResult, BulkSummary, InputStatus } from '../model/bulk.ts';
import type { Plan } from '../model/plan.ts';
import { inputFromCells } from '../runtime/input-cells.ts';
import type { BulkAsked } from './bulk-asked.ts';
import type { Invocation } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { type BulkState, renderProgress, renderSummary } from './render-bulk.ts';
import { inkFor, type Terminal } from './terminal.ts';

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
