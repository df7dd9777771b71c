/**
 * The side of the kill sweep that is not killed: it begins engine processes one after another over the same folder, gives
 * them executions, performs and counts their tasks, answers their tokens, and remembers what they acknowledged. What must
 * not happen is gathered as violations.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../lib/engine/log.ts';
import type { RandomSource } from '../../lib/engine/random-source.ts';
import type { Json } from '../../lib/model/json.ts';
import { recordedIn } from './killed-folder.ts';
import type { Order, Report, Task } from './killed-engine.ts';
import { answerTo, answerToToken, MACHINES } from './killed-machines.ts';
import { comparable, type Ended, undisturbed } from './undisturbed.ts';

export interface KilledRunsOptions {
  readonly folder: string;
  readonly inFlight: number;
  readonly random: RandomSource;
}

interface Run {
  readonly machine: string;
  readonly input: Json;
  /** Once its start was acknowledged. */
  executionId: string | null;
  outcome: Outcome | null;
  types: readonly string[] | null;
}

interface Token {
  readonly key: string;
  readonly output: Json;
  isHeard: boolean;
}

export interface Figures {
  readonly executions: number;
  readonly tasksAsked: number;
  readonly tasksRepeated: number;
  readonly tokensAnswered: number;
  readonly mostRecovered: number;
}

/** How different the inputs are: so many times the machines are run undisturbed. */
const INPUTS = 11;
const LONGEST_ANSWER_MS = 60;
const LONGEST_END_MS = 180_000;

export class KilledRuns {
  readonly violations: string[] = [];
  private readonly options: KilledRunsOptions;
  private readonly runs = new Map<string, Run>();
  private readonly byExecution = new Map<string, Run>();
  private readonly asked = new Map<string, number>();
  private readonly tokens = new Map<string, Token>();
  /** As the folder held it after the latest kill. */
  private answered: ReadonlySet<string> = new Set();
  private child: ChildProcess | null = null;
  private mostRecovered = 0;
  private isFinishing = false;
  private whenDone: () => void = () => undefined;

  constructor(options: KilledRunsOptions) {
    this.options = options;
  }

  /** One life of the engine; gives how long it took to be ready, or null where it was killed before. */
  async liveUntilKilled(moment: { readonly beforeReady: boolean; readonly delayMs: number }): Promise<number | null> {
    const child = this.begin();
    const begun = performance.now();
    let readyMs: number | null = null;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const ready = this.whenReady(child).then(() => {
      readyMs = performance.now() - begun;
    });
    if (!moment.beforeReady) await Promise.race([ready, gone]);
    await new Promise((resolve) => setTimeout(resolve, moment.delayMs));
    if (child.exitCode !== null) this.violations.push(`the engine ended by itself with code ${child.exitCode}`);
    child.kill('SIGKILL');
    await gone;
    this.child = null;
    return readyMs;
  }

  /** Looks at what the last one left: acknowledged means there, and what is there is not asked again. */
  async inspect(): Promise<void> {
    const open = [...this.byExecution].filter(([, { types }]) => types === null).map(([id]) => id);
    const children = open.map((id) => childOf(id));
    const { executions, answered, succeeded } = await recordedIn(this.options.folder, [...open, ...children]);
    for (const id of open)
      if (!executions.has(id)) this.violations.push(`the start of ${id} was acknowledged and lost`);
    for (const { key, isHeard } of this.tokens.values()) {
      if (isHeard && executions.has(key.split(' ')[0] ?? '') && !succeeded.has(key))
        this.violations.push(`the answer to the token of ${key} was acknowledged and lost`);
    }
    this.answered = answered;
  }

  /** A last life, which nobody ends before all executions have ended. */
  async finish(): Promise<void> {
    this.isFinishing = true;
    const child = this.begin();
    await this.whenReady(child);
    const done = new Promise<void>((resolve) => {
      this.whenDone = resolve;
    });
    this.checkDone();
    const late = setTimeout(() => this.whenDone(), LONGEST_END_MS);
    await done;
    clearTimeout(late);
    await this.compare();
  }

  async end(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.disconnect();
    await gone;
  }

  figures(): Figures {
    const counts = [...this.asked.values()];
    return {
      executions: this.runs.size,
      tasksAsked: counts.reduce((sum, count) => sum + count, 0),
      tasksRepeated: counts.reduce((sum, count) => sum + count - 1, 0),
      tokensAnswered: [...this.tokens.values()].filter(({ isHeard }) => isHeard).length,
      mostRecovered: this.mostRecovered,
    };
  }

  private async compare(): Promise<void> {
    const references = new Map<string, Promise<Ended>>();
    for (const [name, { machine, input, outcome, types }] of this.runs) {
      const key = JSON.stringify([machine, input]);
      const reference = references.get(key) ?? undisturbed(machine, input);
      references.set(key, reference);
      const { output, types: expected } = await reference;
      if (outcome === null) this.violations.push(`${name} never ended`);
      else if (JSON.stringify(outcome.output) !== JSON.stringify(output))
        this.violations.push(`${name} put out ${JSON.stringify(outcome)} instead of ${JSON.stringify(output)}`);
      else if (comparable(types ?? []).join() !== expected.join())
        this.violations.push(`${name}, a ${machine}, has another history than undisturbed: ${types?.join()}`);
    }
  }

  private begin(): ChildProcess {
    const child = fork(fileURLToPath(new URL('./killed-engine.ts', import.meta.url)), [this.options.folder]);
    this.child = child;
    child.on('message', (report: Report) => this.take(child, report));
    // A message to a process that has just been killed is lost, as it would be on any wire.
    child.on('error', () => undefined);
    return child;
  }

  private whenReady(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      child.on('message', ({ kind }: Report) => {
        if (kind === 'ready') resolve();
      });
    });
  }

  private order(child: ChildProcess, order: Order): void {
    if (child === this.child && child.connected) child.send(order, () => undefined);
  }

  private take(child: ChildProcess, report: Report): void {
    switch (report.kind) {
      case 'ready':
        this.mostRecovered = Math.max(this.mostRecovered, report.recovered.length);
        return this.resume(child);
      case 'started':
        return this.started(report.name, report.executionId);
      case 'heard':
        return this.heard(report.token, report.error);
      case 'ask':
        return this.perform(child, report.call, report.task);
      case 'ended':
        return this.ended(child, report.executionId, report.outcome);
      case 'events':
        return this.told(report.executionId, report.types);
    }
  }

  /**
   * What this side does not know to have happened is asked for again: acknowledgements and ends died with the process that
   * told them. New executions take the place of those that ended.
   */
  private resume(child: ChildProcess): void {
    for (const [name, { machine, input, outcome }] of this.runs)
      if (outcome === null) this.order(child, { kind: 'start', machine, name, input });
    for (const [token, { output, isHeard }] of this.tokens)
      if (!isHeard) this.order(child, { kind: 'token', token, output });
    for (const [executionId, { outcome, types }] of this.byExecution)
      if (outcome !== null && types === null) this.order(child, { kind: 'events', executionId });
    const open = [...this.runs.values()].filter(({ outcome }) => outcome === null).length;
    if (!this.isFinishing) for (let more = open; more < this.options.inFlight; more += 1) this.startAnother(child);
  }

  private startAnother(child: ChildProcess): void {
    const number = this.runs.size;
    const names = Object.keys(MACHINES);
    const machine = names[number % names.length] as string;
    const input = { n: number % INPUTS };
    const name = `run-${number}`;
    this.runs.set(name, { machine, input, executionId: null, outcome: null, types: null });
    this.order(child, { kind: 'start', machine, name, input });
  }

  private started(name: string, executionId: string): void {
    const run = this.runs.get(name) as Run;
    run.executionId = executionId;
    this.byExecution.set(executionId, run);
  }

  private perform(child: ChildProcess, call: number, task: Task): void {
    const key = `${task.executionId} ${task.taskId}`;
    if (this.answered.has(key)) this.violations.push(`${key} was asked again after its answer was recorded`);
    this.asked.set(key, (this.asked.get(key) ?? 0) + 1);
    const { taskToken: token } = task;
    if (token !== undefined && !this.tokens.has(token))
      this.tokens.set(token, { key, output: answerToToken(task.arguments), isHeard: false });
    this.later(() => {
      this.order(child, { kind: 'answer', call, result: answerTo(task) });
      if (token !== undefined) this.later(() => this.answerToken(child, token));
    });
  }

  private answerToken(child: ChildProcess, token: string): void {
    const { output, isHeard } = this.tokens.get(token) as Token;
    if (!isHeard) this.order(child, { kind: 'token', token, output });
  }

  /** A second answer to a token is refused: the first one was heard, and its acknowledgement died with a process. */
  private heard(token: string, error: string | undefined): void {
    const known = this.tokens.get(token) as Token;
    if (error !== undefined && !error.includes('Task Timed Out')) this.violations.push(`${known.key}: ${error}`);
    known.isHeard = true;
  }

  private ended(child: ChildProcess, executionId: string, outcome: Outcome): void {
    const run = this.byExecution.get(executionId) ?? this.runs.get(executionId.split(':').at(-1) ?? '');
    // A child of another execution: its parent puts out what it did.
    if (run === undefined) return;
    if (run.outcome !== null && JSON.stringify(run.outcome) !== JSON.stringify(outcome))
      this.violations.push(`${executionId} ended a second time, otherwise: ${JSON.stringify(outcome)}`);
    if (run.outcome === null && !this.isFinishing) this.startAnother(child);
    run.outcome = outcome;
    this.order(child, { kind: 'events', executionId });
  }

  private told(executionId: string, types: readonly string[]): void {
    const run = this.byExecution.get(executionId);
    if (run !== undefined) run.types = types;
    this.checkDone();
  }

  private checkDone(): void {
    if (this.isFinishing && [...this.runs.values()].every(({ types }) => types !== null)) this.whenDone();
  }

  private later(work: () => void): void {
    setTimeout(work, this.options.random.next() * LONGEST_ANSWER_MS);
  }
}

function childOf(executionId: string): string {
  return `${executionId.replace(':parent:', ':saga:')}-child`;
}
