/**
 * One breaker as a process sees it: its shared state, known for at most FRESH_MS, and the calls that were counted here and
 * not written yet. So every call is let through by a state that is at most FRESH_MS old, and a process writes its counts
 * at most that often; opening, trials and closing are written at once. What is not written when a process dies is lost:
 * counts are statistics, and the next calls make new ones.
 */
import type { BreakerPolicy } from '../../model/plan.ts';
import type { Clock } from '../../model/time.ts';
import type { BreakerChange, Breakers, BreakerState, Bucket, Counts } from '../ports/breakers.ts';
import type { Asking, CallReport } from '../ports/protection.ts';
import { bucketOf, entryOf, FRESH_MS, isSlow, mustOpen, sum, trialUntil, verdictOf, windowOf } from './breaker.ts';
import { withBucket } from './breaker-state.ts';
import { type Entered, type Gate, PASSED, refusal } from './gate.ts';

/** Others change the state meanwhile; after so many looks the call is refused for a moment. */
const MAX_LOOKS = 4;

export interface BreakerPorts {
  readonly breakers: Breakers;
  readonly clock: Clock;
  /** A change of phase, for the log. */
  readonly note: (message: string, asking: Asking) => void;
}

/** The call that is let through, and in which round it was. */
interface Entrance {
  readonly policy: BreakerPolicy;
  readonly asking: Asking;
  readonly round: number;
}

interface Known {
  readonly state: BreakerState;
  /** When it was asked for: it is not older. */
  readonly at: number;
  /** Which question it answers. */
  readonly question: number;
}

/** What a process knows of a breaker while no call of its own is under way. */
export interface BreakerMemory {
  readonly known: Known | undefined;
  readonly pending: readonly Bucket[];
  readonly writtenAt: number;
  readonly questions: number;
}

export class SharedBreaker {
  private readonly key: string;
  private readonly ports: BreakerPorts;
  private known: Known | undefined;
  private pending: readonly Bucket[] = [];
  private writtenAt = Number.NEGATIVE_INFINITY;
  private questions = 0;
  private asking: Promise<BreakerState> | undefined;

  constructor(key: string, ports: BreakerPorts) {
    this.key = key;
    this.ports = ports;
  }

  memory(): BreakerMemory {
    const { known, pending, writtenAt, questions } = this;
    return { known, pending, writtenAt, questions };
  }

  recall({ known, pending, writtenAt, questions }: BreakerMemory): void {
    this.known = known;
    this.pending = pending;
    this.writtenAt = writtenAt;
    this.questions = questions;
  }

  /** Refuses what is sure to be refused, before anything is taken for it. */
  peek(policy: BreakerPolicy): Gate {
    return async (asking) => {
      const state = await this.fresh();
      const entry = entryOf(state, policy, this.now());
      return entry.kind === 'refused' ? refused(asking, state, entry.againAt) : PASSED;
    };
  }

  gate(policy: BreakerPolicy): Gate {
    return async (asking) => {
      for (let look = 0; look < MAX_LOOKS; look += 1) {
        const entered = await this.enter(policy, asking);
        if (entered) return entered;
      }
      return refused(asking, await this.fresh(), this.now() + FRESH_MS);
    };
  }

  /** The share of the window's calls that did not fail; 0 while it is open. */
  async health(policy: BreakerPolicy): Promise<number> {
    const state = await this.fresh();
    if (entryOf(state, policy, this.now()).kind === 'refused') return 0;
    const { calls, failed } = this.window(state, policy);
    return calls === 0 ? 1 : 1 - failed / calls;
  }

  /** Undefined: the state has changed meanwhile, look again. */
  private async enter(policy: BreakerPolicy, asking: Asking): Promise<Entered | undefined> {
    const state = await this.fresh();
    const { round } = state;
    const entry = entryOf(state, policy, this.now());
    switch (entry.kind) {
      case 'free':
        return { ok: true, leave: (report) => this.count({ policy, asking, round }, report) };
      case 'refused':
        return refused(asking, state, entry.againAt);
      case 'decide':
        await this.change({ policy, asking, round }, entry.verdict);
        return undefined;
      case 'begin-trials':
        return await this.beginTrials({ policy, asking, round });
      case 'trial':
        return await this.takeTrial({ policy, asking, round }, state.until);
    }
  }

  private async beginTrials({ policy, asking, round }: Entrance): Promise<Entered | undefined> {
    const until = trialUntil(policy, this.now(), asking.timeoutMs);
    const began = await this.write(round, { phase: 'half-open', until, trials: 1 });
    return began ? this.trying({ policy, asking, round: round + 1 }) : undefined;
  }

  private async takeTrial(entrance: Entrance, known: number): Promise<Entered | undefined> {
    const { policy, asking, round } = entrance;
    const until = Math.max(known, trialUntil(policy, this.now(), asking.timeoutMs));
    const question = this.question();
    const answer = await this.ports.breakers.trial(this.key, { round, limit: policy.trialCalls, until });
    this.learn(answer.state, question);
    return answer.granted ? this.trying(entrance) : undefined;
  }

  private trying(entrance: Entrance): Entered {
    return { ok: true, leave: (report) => this.endTrial(entrance, report) };
  }

  private async endTrial(entrance: Entrance, report: CallReport): Promise<void> {
    const { policy, round } = entrance;
    const result = report.kind === 'unused' ? 'unused' : countsOf(policy, report);
    const question = this.question();
    const state = await this.ports.breakers.trialEnded(this.key, round, result);
    this.learn(state, question);
    const verdict = state.round === round ? verdictOf(state, policy) : undefined;
    if (verdict) await this.change(entrance, verdict);
  }

  private async count(entrance: Entrance, report: CallReport): Promise<void> {
    const { policy, round } = entrance;
    // What began before the state changed says nothing about the time after it.
    if (report.kind === 'unused' || this.known?.state.round !== round) return;
    const now = this.now();
    this.pending = withBucket(this.pending, bucketOf(policy, now, countsOf(policy, report)), now);
    const state = now - this.writtenAt >= FRESH_MS ? await this.ask() : this.known.state;
    if (state.round !== round || state.phase !== 'closed') return;
    if (mustOpen(this.window(state, policy), policy)) await this.change(entrance, 'open');
  }

  private async change({ policy, asking, round }: Entrance, phase: 'open' | 'closed'): Promise<void> {
    const until = phase === 'open' ? this.now() + policy.openForMs : 0;
    if (!(await this.write(round, { phase, until, trials: 0 }))) return;
    const since = phase === 'open' ? `open until ${new Date(until).toISOString()}` : 'closed again';
    this.ports.note(`the breaker of ${asking.name} is ${since}`, asking);
  }

  private async write(round: number, change: BreakerChange): Promise<boolean> {
    const question = this.question();
    const { changed, state } = await this.ports.breakers.change(this.key, round, change);
    this.learn(state, question);
    return changed;
  }

  private window(state: BreakerState, policy: BreakerPolicy): Counts {
    const now = this.now();
    return sum(windowOf(state.buckets, policy, now), windowOf(this.pending, policy, now));
  }

  private async fresh(): Promise<BreakerState> {
    const { known } = this;
    return known && this.now() - known.at < FRESH_MS ? known.state : await this.ask();
  }

  /** One question at a time: whoever comes meanwhile waits for the same answer. */
  private async ask(): Promise<BreakerState> {
    this.asking ??= this.exchange().finally(() => (this.asking = undefined));
    return await this.asking;
  }

  private async exchange(): Promise<BreakerState> {
    const question = this.question();
    const { pending: buckets, known } = this;
    const state =
      known && buckets.length > 0
        ? await this.writeCounts(known.state.round, buckets)
        : await this.ports.breakers.read(this.key);
    this.learn(state, question);
    return state;
  }

  private writeCounts(round: number, buckets: readonly Bucket[]): Promise<BreakerState> {
    this.pending = [];
    this.writtenAt = this.now();
    return this.ports.breakers.count(this.key, { round, at: this.writtenAt, buckets });
  }

  private question(): Pick<Known, 'at' | 'question'> {
    this.questions += 1;
    return { at: this.now(), question: this.questions };
  }

  /** An answer that was overtaken by that to a later question is dropped. */
  private learn(state: BreakerState, asked: Pick<Known, 'at' | 'question'>): void {
    if (this.known && asked.question < this.known.question) return;
    if (this.known && state.round !== this.known.state.round) this.pending = [];
    this.known = { state, ...asked };
  }

  private now(): number {
    return this.ports.clock.now();
  }
}

function refused({ name }: Asking, { phase }: BreakerState, againAt: number): Entered {
  const why = phase === 'open' ? `is open until ${new Date(againAt).toISOString()}` : 'waits for its trial calls';
  return { ...refusal(`the breaker of ${name} ${why}`, againAt), open: true };
}

function countsOf(policy: BreakerPolicy, report: Exclude<CallReport, { kind: 'unused' }>): Counts {
  return { calls: 1, failed: report.kind === 'failed' ? 1 : 0, slow: isSlow(policy, report.ms) ? 1 : 0 };
}
