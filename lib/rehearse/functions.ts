/**
 * The functions of a rehearsal: the engine's task runner over the real handler cores, each invocation with faults of its
 * own. As at the service, a function may be invoked twice for one task, its answer may be lost although it ran, and it may
 * go on although nobody waits for it any more.
 */
import type { TaskCall, TaskResult, TaskRunner } from '../engine/ports.ts';
import { Failure } from '../model/failure.ts';
import { isObject, type Json } from '../model/json.ts';
import type { CallTask, CoreTask, ExecutionInput, SystemTask } from '../model/task.ts';
import type { CallPorts } from '../runtime/call.ts';
import { core } from '../runtime/core.ts';
import { delay } from '../runtime/retry.ts';
import { batch } from '../runtime/batch.ts';
import { system } from '../runtime/system.ts';
import type { Http } from '../runtime/ports/http.ts';
import { TaskFailure } from '../runtime/task-failure.ts';
import { QUEUE } from './catalogue.ts';
import { Invocation } from './invocation.ts';
import type { Prelude, Watch } from './prelude.ts';
import type { Chance } from './chance.ts';
import type { Weather } from './weather.ts';

export interface FunctionsOptions {
  /** Without faults: each invocation gets them behind its own gate. */
  readonly ports: Omit<CallPorts, 'random'>;
  /** The network as requests of one step see it; absent: nobody tells them apart. */
  readonly httpFrom?: (caller: string) => Http;
  readonly chance: Chance;
  readonly weather: Weather;
  /** The functions' own time out, beyond every lease: what is still running then counts as lost to the machine. */
  readonly timeoutMs: number;
  /** A letter for an operator. */
  readonly onLetter: (letter: Json) => void;
  readonly prelude: Prelude;
  /** An express execution's run, to its undo machine. */
  readonly handOver: (input: ExecutionInput) => Promise<void>;
}

export class Functions implements TaskRunner {
  /** Exceptions that no handler may throw. */
  readonly bugs: Error[] = [];
  /** Counts beginnings and ends of invocations. */
  changes = 0;
  private readonly options: FunctionsOptions;
  private readonly alive = new Set<Invocation>();

  constructor(options: FunctionsOptions) {
    this.options = options;
  }

  /** How many invocations are running, also such as nobody waits for. */
  get running(): number {
    return this.alive.size;
  }

  memory(): number {
    return this.changes;
  }

  recall(changes: number): void {
    this.changes = changes;
  }

  /** By name, for telling states apart. */
  names(): readonly string[] {
    return [...this.alive].map(({ name }) => name).toSorted();
  }

  /** The process is gone, and all that ran in it. */
  killAll(): void {
    for (const invocation of this.alive) invocation.kill();
  }

  async run(call: TaskCall): Promise<TaskResult> {
    const sent = isObject(call.arguments) ? call.arguments : {};
    if (call.resource === 'arn:aws:states:::sqs:sendMessage') return this.posted(sent['MessageBody'] ?? null);
    if (call.resource.endsWith(':sfn:startExecution')) return await this.handedOver(String(sent['Input']));
    // The payload was written by our emitter for this very function (lib/model/task.ts).
    return await this.invoked(sent['Payload'] as unknown as SystemTask | CoreTask);
  }

  /** No function of ours: the queue may be away for once, or for good, and may have a letter of which it does not say so. */
  private posted(letter: Json): TaskResult {
    const { chance, weather, onLetter } = this.options;
    chance.moment(LETTER);
    const lasting = chance.lasting(QUEUE);
    const away = lasting !== undefined && lasting !== 'lost-after';
    // Of dice it is away seldom: it would have to be away at every try, and a letter is what an operator goes by.
    if (away || chance.fires(`not-invoked ${LETTER}`, weather['not-invoked'] / 4)) return lost('Sqs.SqsException');
    onLetter(letter);
    const unsaid = lasting !== undefined || chance.fires(`answer-lost ${LETTER}`, weather['answer-lost'] / 4);
    return unsaid ? lost('Sqs.SqsException') : { output: { MessageId: 'letter' } };
  }

  /** No function of ours: the service is asked, and may not answer. */
  private async handedOver(input: string): Promise<TaskResult> {
    const { chance, weather, handOver } = this.options;
    chance.moment(HAND_OVER);
    if (chance.fires(`not-invoked ${HAND_OVER}`, weather['not-invoked'])) return lost('Sfn.SfnException');
    await handOver(JSON.parse(input) as ExecutionInput);
    return chance.fires(`answer-lost ${HAND_OVER}`, weather['answer-lost']) ? lost('Sfn.SfnException') : { output: {} };
  }

  private async invoked(task: SystemTask | CoreTask): Promise<TaskResult> {
    const { chance, weather, ports } = this.options;
    const name = nameOf(task);
    chance.moment(name);
    await delay(ports.clock, chance.between(`begin of ${name}`, 0, 20));
    if (chance.fires(`not-invoked ${name}`, weather['not-invoked'])) return lost('Lambda.TooManyRequestsException');
    const first = this.invoke(task, name);
    if (chance.fires(`twice ${name}`, weather.twice)) {
      const later = chance.pick(`second ${name}`, [0, 0, 5, 40, 2_000, 30_000, 120_000]);
      ports.clock.after(later, () => void this.invoke(task, name));
    }
    const result = await first;
    return chance.fires(`answer-lost ${name}`, weather['answer-lost']) ? lost('Lambda.Unknown') : result;
  }

  private async invoke(task: SystemTask | CoreTask, name: string): Promise<TaskResult> {
    const begun = this.options.prelude.begin();
    if ('recalled' in begun) return await begun.recalled;
    const result = await this.play(task, name, begun);
    begun.over(result);
    return result;
  }

  private async play(task: SystemTask | CoreTask, name: string, watch: Watch): Promise<TaskResult> {
    const { chance, weather, ports } = this.options;
    const invocation = new Invocation({ clock: ports.clock, chance, weather, name, watch });
    this.alive.add(invocation);
    this.changes += 1;
    const over = (): void => {
      this.changes += 1;
      this.alive.delete(invocation);
      watch.dies();
    };
    const answered = this.answer(task, invocation, name);
    const killed = invocation.killed.then(() => {
      over();
      return delay(ports.clock, chance.between(`death of ${name}`, 0, 2_000)).then(() => lost('Lambda.Unknown'));
    });
    void answered.then(over);
    const limit = timeLimit(ports.clock, this.options.timeoutMs);
    const result = await Promise.race([answered, killed, limit.passed]);
    limit.cancel();
    return result;
  }

  private async answer(task: SystemTask | CoreTask, invocation: Invocation, name: string): Promise<TaskResult> {
    try {
      const ports = this.portsFor(invocation, name, task.op === 'call' ? task.step : undefined);
      const isSystem = task.op === 'call' || task.op === 'undo';
      const Payload = isSystem ? await system(task, ports, batch) : await core(task, ports);
      return { output: { ExecutedVersion: '$LATEST', Payload, StatusCode: 200 } };
    } catch (error) {
      if (error instanceof TaskFailure) return { error: error.error, cause: error.message };
      if (error instanceof Failure) return lost('Lambda.ServiceException');
      this.bugs.push(error instanceof Error ? error : new Error(String(error)));
      return lost('Bug');
    }
  }

  private portsFor(invocation: Invocation, name: string, caller: string | undefined): CallPorts {
    const { ports, chance, httpFrom } = this.options;
    const http = (caller === undefined ? undefined : httpFrom?.(caller)) ?? ports.http;
    return {
      ...ports,
      journal: invocation.journal(ports.journal),
      http: invocation.http(http),
      random: chance.source(name),
    };
  }
}

/** As its faults are named. */
const HAND_OVER = 'hand-over';
const LETTER = 'letter';

function nameOf(task: SystemTask | CoreTask): string {
  if (task.op === 'call') return nameOfCall(task);
  if (task.op === 'each' || task.op === 'gather') return `${task.op} ${task.step}`;
  return task.op === 'undo' ? `${task.entry.kind} ${task.entry.step}` : task.op;
}

function nameOfCall({ step, item }: CallTask): string {
  if (item === undefined) return `call ${step}`;
  return `call ${step}[${typeof item === 'number' ? item : `batch-${item.batch}`}]`;
}

function lost(error: string): TaskResult {
  return { error, cause: 'a fault of the rehearsal' };
}

function timeLimit(
  clock: CallPorts['clock'],
  timeoutMs: number,
): { readonly passed: Promise<TaskResult>; readonly cancel: () => void } {
  let cancel: () => void = () => undefined;
  const passed = new Promise<TaskResult>((resolve) => {
    const timer = clock.after(timeoutMs, () => resolve(lost('Sandbox.Timedout')));
    cancel = () => timer.cancel();
  });
  return { passed, cancel };
}
