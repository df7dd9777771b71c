/** A run in memory: journal, scripted systems and a stepping clock around the real handler cores. */
import type { SystemEnvironment } from '../../lib/model/environment.ts';
import { Failure } from '../../lib/model/failure.ts';
import type { Json } from '../../lib/model/json.ts';
import type { Plan } from '../../lib/model/plan.ts';
import type { RunEvent } from '../../lib/model/run.ts';
import type { CallAnswer, CallTask, CoreTask, SettleAnswer, WaveEntry } from '../../lib/model/task.ts';
import { Tokens } from '../../lib/runtime/auth/tokens.ts';
import type { CallPorts } from '../../lib/runtime/call.ts';
import { core } from '../../lib/runtime/core.ts';
import type { AwsKeys } from '../../lib/runtime/ports/secrets.ts';
import type { LogRecord } from '../../lib/runtime/ports/telemetry.ts';
import { Protector } from '../../lib/runtime/protect/protector.ts';
import { startRun } from '../../lib/runtime/run.ts';
import { batch } from '../../lib/runtime/batch.ts';
import { system } from '../../lib/runtime/system.ts';
import { TaskFailure } from '../../lib/runtime/task-failure.ts';
import { MemoryCallbacks, RecordedTokens } from '../../lib/rehearse/memory-callbacks.ts';
import { MemoryMailboxes } from '../../lib/rehearse/memory-mailboxes.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
import {
  MemoryBreakers,
  MemoryLocks,
  MemoryPermits,
  MemoryRates,
  MemorySharedValues,
} from '../../lib/rehearse/memory-protection.ts';
import { PLAN_HASH } from './plan-fixture.ts';
import { ScriptedHttp } from './scripted-http.ts';
import { fixedRandom, SteppingClock } from './stepping-clock.ts';

export const RUN = 'run-1';

export class CallHarness {
  readonly journal: MemoryJournal = new MemoryJournal();
  readonly blobs: MemoryBlobs = new MemoryBlobs();
  readonly http: ScriptedHttp = new ScriptedHttp();
  readonly clock: SteppingClock = new SteppingClock();
  readonly events: RunEvent[] = [];
  readonly log: LogRecord[] = [];
  readonly secrets: Map<string, string> = new Map();
  awsKeys: AwsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'no keys were given' };
  /** What settle asked for, in order. */
  readonly waves: string[] = [];
  /** Plans of later epochs, by hash. */
  readonly plans: Map<string, Plan> = new Map();
  readonly breakers: MemoryBreakers = new MemoryBreakers();
  readonly answers: MemorySharedValues = new MemorySharedValues();
  readonly callbacks: MemoryCallbacks = new MemoryCallbacks();
  readonly mailboxes: MemoryMailboxes = new MemoryMailboxes();
  readonly waking: RecordedTokens = new RecordedTokens();
  readonly ports: CallPorts;
  private readonly plan: Plan;

  constructor(plan: Plan, environment: SystemEnvironment = {}) {
    this.plan = plan;
    const { clock, http } = this;
    const random = fixedRandom();
    const telemetry = { log: (record: LogRecord) => void this.log.push(record) };
    const stores = { breakers: this.breakers, rates: new MemoryRates(), permits: new MemoryPermits() };
    this.ports = {
      clock,
      http,
      random,
      protection: new Protector({ ...stores, clock, random: fixedRandom(), telemetry }),
      locks: new MemoryLocks(),
      callbacks: this.callbacks,
      mailboxes: this.mailboxes,
      waking: this.waking,
      answers: this.answers,
      secrets: { resolve: (ref) => this.secret(JSON.stringify(ref)), awsKeys: () => Promise.resolve(this.awsKeys) },
      environments: { system: () => environment },
      tokens: new Tokens({ http, clock }),
      journal: this.journal,
      blobs: this.blobs,
      plans: { plan: (hash) => Promise.resolve(this.plans.get(hash) ?? plan) },
      events: { emit: (event) => void this.events.push(event) },
      telemetry,
    };
  }

  /** The run, and its log and journal counters back at nothing. */
  async start(input: Json = {}, more: { readonly traceparent?: string } = {}): Promise<this> {
    const started = await startRun(
      { plan: this.plan, planHash: PLAN_HASH, input, actor: 'tester', runId: RUN, ...more },
      { ...this.ports, random: fixedRandom() },
    );
    if (started.kind !== 'started') throw new Error(`the run did not start: ${JSON.stringify(started)}`);
    this.events.length = 0;
    this.journal.writes.length = 0;
    this.journal.reads.length = 0;
    return this;
  }

  task(step: string, more: Partial<CallTask> = {}): CallTask {
    return { op: 'call', run: RUN, epoch: 1, plan: PLAN_HASH, step, ...more };
  }

  call(step: string, more: Partial<CallTask> = {}): Promise<CallAnswer> {
    // A call's answer, as the machine gets it.
    return system(this.task(step, more), this.ports, batch) as unknown as Promise<CallAnswer>;
  }

  /** How the call fails: the name that the machine sees, and the cause. */
  async failing(
    step: string,
    more: Partial<CallTask> = {},
  ): Promise<{ readonly error: string; readonly cause: string }> {
    try {
      const answer = await this.call(step, more);
      throw new Error(`the call did not fail: ${JSON.stringify(answer)}`);
    } catch (error) {
      if (!(error instanceof Error) || !('error' in error)) throw error;
      return { error: error.name, cause: error.message };
    }
  }

  core(task: { readonly op: CoreTask['op']; readonly [key: string]: unknown }): Promise<Json> {
    // The test writes the payload as a machine would: the fields that every task has are added here.
    const owned = task.op === 'settle' ? { owner: 'exec-1' } : {};
    return core({ run: RUN, epoch: 1, plan: PLAN_HASH, ...owned, ...task } as unknown as CoreTask, this.ports);
  }

  /** Settles as the machine does: waves of undos and probes, waits, and in the end what it ends with. */
  async settled(more: { readonly owner?: string; readonly epoch?: number } = {}): Promise<SettleAnswer> {
    const { owner = 'exec-1', epoch = 1 } = more;
    for (let turn = 0; turn < 200; turn += 1) {
      const answer = (await this.core({ op: 'settle', why: 'E', owner, epoch })) as unknown as SettleAnswer;
      if (answer.do === 'wait') this.clock.pass(answer.seconds * 1000);
      else if (answer.do === 'undo') await Promise.all(answer.wave.map((entry) => this.undo(entry, { owner, epoch })));
      else return answer;
    }
    throw new Error('the run is not settled in 200 turns');
  }

  /** One entry of a wave, as the machine's Retry and Catch take it: an error is no end. */
  async undo(
    entry: WaveEntry,
    { owner = 'exec-1', epoch = 1 }: { readonly owner?: string; readonly epoch?: number } = {},
  ): Promise<string> {
    this.waves.push(`${entry.kind} ${entry.step}`);
    const task = { op: 'undo', run: RUN, epoch, plan: entry.plan, owner, entry } as const;
    try {
      const answer = await system(task, this.ports, batch);
      return String((answer as { readonly state?: Json }).state);
    } catch (error) {
      if (error instanceof TaskFailure) return error.error;
      throw error;
    }
  }

  private async secret(ref: string): Promise<string> {
    const value = this.secrets.get(ref);
    if (value === undefined) throw new Failure('secret-missing', `The credential ${ref} is missing`);
    return value;
  }
}
