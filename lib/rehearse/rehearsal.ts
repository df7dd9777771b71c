/**
 * One run in virtual time, through its real machine, handlers and engine, over a journal and systems of the caller's, in a
 * weather drawn from a seed. It rests when nothing is under way any more: no execution, no invocation, no request. What
 * is left then is handed on as evidence; whether that is right is for the invariants to say.
 */
import { VirtualClock } from '../engine/virtual-clock.ts';
import { assert } from '../model/assert.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import type { Json } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { RunEvent } from '../model/run.ts';
import type { Clock } from '../model/time.ts';
import type { CallPorts } from '../runtime/call.ts';
import { plansOf } from '../runtime/effects.ts';
import { afterExecution } from '../runtime/lifecycle.ts';
import type { OperatorPorts } from '../runtime/operator/action.ts';
import { deliver, receiversOf } from '../runtime/deliver.ts';
import { answer } from '../runtime/operator/answer.ts';
import { retry } from '../runtime/operator/retry.ts';
import type { Awaited } from '../runtime/ports/senders.ts';
import type { SimulatedMessage } from '../simulate/simulated-messages.ts';
import { FINAL_PHASES, type Journal, type RunHeader } from '../runtime/ports/journal.ts';
import type { LogRecord } from '../runtime/ports/telemetry.ts';
import { loadValidator } from '../runtime/contract/validate.ts';
import { HANDED_OVER, startRun } from '../runtime/run.ts';
import { Chance, hashOf } from './chance.ts';
import { disturb, disturbNow } from './disturbances.ts';
import type { Evidence } from './evidence.ts';
import { type EndedExecution, RehearsedExecutions } from './executions.ts';
import { Facts } from './facts.ts';
import { Functions } from './functions.ts';
import { hiddenValues } from './hidden-values.ts';
import { gracesOf, longestGrace, longestLease } from './longest.ts';
import { RehearsedMessages } from './messages.ts';
import { Network } from './network.ts';
import { NO_PRELUDE, type Prelude, Recalled, Recording } from './prelude.ts';
import { RehearsedPeople } from './people.ts';
import { RehearsedTokens } from './rehearsed-ports.ts';
import { listed, type Remembering } from './remembering.ts';
import type { RehearsedSystems } from './systems.ts';
import { type WatchedJournal, watchedJournal } from './watched-journal.ts';
import { Script } from './script.ts';
import { worldOf } from './world.ts';
import {
  EXPRESS_FAULTS,
  FAULTS,
  MESSAGE_FAULTS,
  PEOPLE_FAULTS,
  type Weather,
  weatherOf,
  weatherWith,
} from './weather.ts';

export interface RehearsedWorkflow {
  readonly plan: Plan;
  readonly planHash: string;
  readonly machine: StateMachineDefinition;
  readonly undoMachine: StateMachineDefinition;
}

/** Those that a rehearsal makes itself. */
type OwnPort =
  | 'waking'
  | 'senders'
  | 'clock'
  | 'random'
  | 'http'
  | 'tokens'
  | 'journal'
  | 'plans'
  | 'events'
  | 'telemetry';

export type Beside = Omit<CallPorts, OwnPort>;

export interface RehearsalOptions {
  readonly seed: number;
  /** Absent: drawn from the seed. */
  readonly weather?: Weather;
  /** A scenario in place of the dice; it has all weathers. */
  readonly faults?: readonly string[];
  /** Of a scenario: see script.ts. */
  readonly known?: { has(name: string): boolean };
  /** Faults that do not happen this time. */
  readonly without?: ReadonlySet<string>;
  readonly workflow: RehearsedWorkflow;
  readonly input: Json;
  /** Everything else that handlers need, made for one run. */
  readonly beside: (clock: Clock) => Beside;
  readonly systems: (now: () => number, chance: Chance) => RehearsedSystems;
  readonly journal: Journal;
  /** What the systems say by messages; left out: no step waits for one. */
  readonly says?: (message: Awaited) => SimulatedMessage;
  /** So many times the grace that is promised: above 1 the systems break their word. */
  readonly stretched?: number;
  /** Resolves after everything runnable has run. */
  readonly idle: () => Promise<void>;
  /** Absent: nobody goes on from it, and it goes on from nothing. */
  readonly prelude?: 'recorded' | SharedPrelude;
}

/** What a scenario does until its last fault, as one without that fault has done it. */
export interface SharedPrelude {
  readonly recording: Recording;
  /** So many of its stretches were over before the last fault could happen. */
  readonly stretches: number;
}

const START: number = Date.UTC(2026, 0, 1);
const SWEEP_MS = 300_000;
/** After the run's deadline. Undos have their budgets, probes their rounds, pauses their length: whoever is not at rest by then never is. */
const PATIENCE_MS = 48 * 3_600_000;
const MOST_STEPS = 200_000;
const FUNCTION_MARGIN_MS = 10_000;
const LATE_MS = 45_000;
/** Whether a fault happens is the script's to say. */
const EVERYTHING: Weather = weatherWith(
  Object.fromEntries([...FAULTS, ...MESSAGE_FAULTS, ...PEOPLE_FAULTS, ...EXPRESS_FAULTS].map((fault) => [fault, 1])),
);

export class Rehearsal {
  readonly runId: string = 'run';
  readonly chance: Chance;
  readonly weather: Weather;
  readonly clock: VirtualClock;
  readonly systems: RehearsedSystems;
  readonly executions: RehearsedExecutions;
  readonly functions: Functions;
  /** An operator has had a hand in it. */
  handled = false;
  private readonly options: RehearsalOptions;
  private readonly network: Network;
  private readonly messages: RehearsedMessages | undefined;
  private readonly people: RehearsedPeople;
  private readonly watched: WatchedJournal;
  private readonly letters: Json[] = [];
  private readonly events: RunEvent[] = [];
  private readonly log: LogRecord[] = [];
  private readonly ports: OperatorPorts;
  private readonly prelude: Prelude;
  private isRestless = false;
  private readonly facts = new Facts();
  private lastSeen = '';
  private lastState = '';

  constructor(options: RehearsalOptions) {
    const { seed, without, workflow, idle } = options;
    this.options = options;
    this.clock = new VirtualClock({ start: START, idle });
    const { clock } = this;
    const now = (): number => clock.now();
    this.chance = options.faults
      ? this.scriptOf(options.faults)
      : new Chance({ seed, now, ...(without && { without }) });
    const { chance } = this;
    this.weather = options.weather ?? (options.faults ? EVERYTHING : weatherOf(chance));
    const { weather } = this;
    this.systems = options.systems(now, chance);
    const besides = options.beside(clock);
    this.prelude = this.preludeOf(options.prelude, besides);
    const { prelude } = this;
    this.watched = watchedJournal(options.journal, now);
    const graceOf = gracesOf(workflow.plan, options.stretched ?? 1);
    this.network = new Network({ systems: this.systems, clock, chance, weather, graceOf, prelude });
    const shared = {
      ...besides,
      waking: {
        succeed: (token: string, output: Json) => this.woken(token, { output }),
        fail: (token: string, why: { readonly error: string; readonly cause: string }) => this.woken(token, why),
      },
      clock,
      journal: this.watched.journal,
      plans: { plan: () => Promise.resolve(workflow.plan) },
      events: { emit: (event: RunEvent) => this.heard(event) },
      telemetry: { log: (record: LogRecord) => void this.log.push(record) },
    };
    this.people = new RehearsedPeople({
      clock,
      chance,
      weather,
      plan: workflow.plan,
      prelude,
      answer: async (approval) => {
        await prelude.beside(answer({ ...approval, run: this.runId, actor: 'person' }, this.ports));
      },
    });
    const { says } = options;
    this.messages =
      says &&
      new RehearsedMessages({
        clock,
        chance,
        weather,
        prelude,
        says,
        deliver: (message, said, id) => prelude.beside(this.deliver(message, said, id)),
      });
    this.functions = new Functions({
      ports: {
        ...shared,
        ...(this.messages && { senders: this.messages }),
        http: this.network,
        tokens: new RehearsedTokens({ http: this.network, clock }),
      },
      httpFrom: (caller) => this.network.from(caller),
      chance,
      weather,
      timeoutMs: longestLease(workflow.plan) + FUNCTION_MARGIN_MS,
      prelude,
      onLetter: (letter) => void this.letters.push(letter),
      handOver: (input) => this.executions.startUndo(input, HANDED_OVER),
    });
    this.executions = new RehearsedExecutions({
      clock,
      chance,
      weather,
      tasks: this.functions,
      machines: () => workflow,
      after: (ended) => prelude.beside(this.after(ended)),
    });
    this.ports = { ...shared, random: chance.source('operator'), executions: this.executions };
  }

  /** Where it is recorded. */
  recording(): Recording | undefined {
    return this.prelude instanceof Recording ? this.prelude : undefined;
  }

  /** For as long as it lasts it is no invocation's doing. */
  async fromOutside(work: () => Promise<unknown>): Promise<void> {
    await this.prelude.beside(work());
  }

  private preludeOf(prelude: RehearsalOptions['prelude'], besides: Beside): Prelude {
    if (prelude === undefined) return NO_PRELUDE;
    const world = this.world(besides);
    if (!world) return NO_PRELUDE;
    const { clock } = this;
    if (prelude !== 'recorded')
      return new Recalled({ clock, world, stretches: prelude.recording.stretches.slice(0, prelude.stretches) });
    return new Recording({ world, now: () => clock.now() });
  }

  private world(besides: Beside): Remembering | undefined {
    return worldOf({ ...besides, journal: this.options.journal, systems: this.systems }, () => {
      const { network, watched, events, log, functions, messages, people, chance } = this;
      const lists = [network.sent, watched.written, events, log, functions.bugs, people.pending].map((list) =>
        listed<unknown>(list),
      );
      return [...chance.books(), ...lists, functions, ...(messages ? [messages] : [])];
    });
  }

  /** A waiting state is the engine's: whoever skips what woke it would leave it waiting. */
  private async woken(...wake: Parameters<RehearsedExecutions['wake']>): ReturnType<RehearsedExecutions['wake']> {
    this.prelude.touched();
    return await this.executions.wake(...wake);
  }

  private heard(event: RunEvent): void {
    this.events.push(event);
    this.people.told(event);
  }

  private scriptOf(faults: readonly string[]): Script {
    const { plan } = this.options.workflow;
    return new Script({
      faults,
      now: () => this.clock.now(),
      pauseMs: longestLease(plan) + longestGrace(plan) + LATE_MS,
      oversleepMs: plan.deadlineMs + LATE_MS,
      state: () => this.state(),
      reached: (place) => {
        if (this.prelude instanceof Recording) this.prelude.reached(place);
      },
      sofar: () => ({
        ms: this.clock.now() - START,
        requests: this.network.sent.length,
        transitions: this.executions.transitions,
      }),
      ...(this.options.known && { known: this.options.known }),
      disturb: (kind) => disturbNow(this, kind),
      restarts: this.isExpress,
    });
  }

  /** Its executions may begin again. */
  get isExpress(): boolean {
    return this.options.workflow.plan.mode === 'express';
  }

  /** What has been written, what stands and what is under way; not when. The order of writes is not told apart. */
  private state(): string {
    const { written } = this.watched;
    const effects = this.systems.effects();
    const undone = effects.reduce((all, one) => all + one.undone.length, 0);
    const isLate = this.clock.now() >= START + this.options.workflow.plan.deadlineMs;
    const seen = `${written.length} ${effects.length} ${undone} ${this.network.underWay} ${isLate} ${this.functions.changes} ${this.people.pending.length}`;
    if (seen === this.lastSeen) return this.lastState;
    this.lastSeen = seen;
    const now = [
      this.network.underWay,
      (this.messages?.underWay ?? 0) + this.people.underWay,
      isLate,
      ...this.people.pending,
      this.executions.open.size,
      this.executions.untold,
      ...this.functions.names(),
      ...this.executions.positions(),
    ];
    const books = effects.map((one) => `${one.id} ${one.undone.length}`);
    this.lastState = `${this.facts.with(written)} ${hashOf([...books, ...now].join('\n'))}`;
    return this.lastState;
  }

  private async after(ended: EndedExecution): Promise<void> {
    if (!ended.unheard) await afterExecution(ended, this.ports);
    const { phase } = await this.header();
    if ((phase !== 'compensated' && phase !== 'failed') || !this.chance.retries()) return;
    this.handled = true;
    await retry({ run: this.runId, actor: 'operator' }, this.ports);
  }

  /** What an operator's actions need. */
  operatorPorts(): OperatorPorts {
    return this.ports;
  }

  /** From its start to its rest. */
  async run(): Promise<void> {
    await loadValidator();
    const { workflow, input } = this.options;
    const { plan, planHash } = workflow;
    const started = await startRun({ plan, planHash, input, actor: 'rehearsal', runId: this.runId }, this.ports);
    assert(started.kind === 'started', `the run starts: ${JSON.stringify(started)}`);
    if (!this.chance.fires('not-started', this.weather['not-started']))
      await this.executions.start(started.execution.input);
    if (!this.options.faults) disturb(this);
    await this.rest();
  }

  /** Lets time pass until nothing of the run is under way. */
  async rest(): Promise<void> {
    const began = this.clock.now();
    const sweeper = this.sweepLater();
    let steps = 0;
    do {
      steps += 1;
      if (this.isJoined()) return;
      if (steps > MOST_STEPS || this.isBeyond(began) || !(await this.clock.step())) this.isRestless = true;
    } while (!this.isRestless && (this.isBusy() || !FINAL_PHASES.includes((await this.header()).phase)));
    sweeper.cancel();
    // What was told to the run late may still begin something; it is over before anybody judges.
    await this.clock.advance(1);
  }

  /** A handler that oversleeps does so until after the deadline, and may do it again. */
  private isBeyond(began: number): boolean {
    const { deadlineMs } = this.options.workflow.plan;
    const ms = this.clock.now() - began - PATIENCE_MS;
    if (ms <= deadlineMs) return false;
    const slept = this.chance.fired.filter(({ place }) => place.startsWith('overslept ')).length;
    return ms > deadlineMs * (1 + slept);
  }

  private isJoined(): boolean {
    return this.chance instanceof Script && this.chance.joined !== undefined;
  }

  async header(): Promise<RunHeader> {
    const header = await this.options.journal.header(this.runId);
    assert(header, 'the run is in the journal');
    return header;
  }

  async evidence(): Promise<Evidence> {
    const record = await this.options.journal.record(this.runId);
    assert(record, 'the run is in the journal');
    return {
      record,
      plans: await plansOf(record.header, this.ports.plans),
      audits: await this.options.journal.audits(this.runId),
      effects: this.systems.effects(),
      astray: this.systems.astray(),
      sent: this.network.sent,
      written: this.watched.written,
      letters: this.letters,
      events: this.events,
      log: this.log,
      hidden: async () => hiddenValues(record, await this.options.journal.input(this.runId), this.ports.blobs),
      histories: this.executions.histories(),
      bugs: this.functions.bugs,
      fired: this.chance.fired,
      now: this.clock.now(),
      restless: this.isRestless,
      handled: this.handled,
    };
  }

  private async deliver({ plan, source, channel }: Awaited, said: SimulatedMessage, id: string): Promise<void> {
    const incoming = { source, channel, ...said, id, actor: source };
    await deliver(incoming, receiversOf([plan], source, channel), this.ports);
  }

  private isBusy(): boolean {
    if ((this.messages?.underWay ?? 0) + this.people.underWay > 0) return true;
    if (this.executions.open.size > 0 || this.functions.running > 0 || this.network.underWay > 0) return true;
    // Who hears late of an end may begin something: a script says of what, dice draw an operator after the rest.
    return this.options.faults !== undefined && this.executions.untold > 0;
  }

  private sweepLater(): { cancel(): void } {
    let timer = this.clock.after(SWEEP_MS, () => void sweep());
    const sweep = async (): Promise<void> => {
      const { phase, epoch, planHash } = await this.header();
      if (!FINAL_PHASES.includes(phase))
        await this.prelude.beside(this.executions.sweep({ run: this.runId, epoch, plan: planHash }));
      timer = this.clock.after(SWEEP_MS, () => void sweep());
    };
    return { cancel: () => timer.cancel() };
  }
}
