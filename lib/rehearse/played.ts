/** A scenario's result as plain data: what a report needs of it, and small enough to come from another thread. */
import { assert } from '../model/assert.ts';
import type { Phase } from '../runtime/ports/journal.ts';
import type { Coverage } from './coverage.ts';
import type { Evidence } from './evidence.ts';
import type { Violation } from './invariants/violation.ts';
import { Preludes } from './preludes.ts';
import type { SharedPrelude } from './rehearsal.ts';
import { play, type Played, playSeed, secretsOf, type Subject } from './scenario.ts';
import type { Point } from './script.ts';
import { smaller } from './smaller.ts';
import { timelineOf } from './timeline.ts';
import { transitionsIn } from './transitions.ts';

/** From best to worst. */
export const ENDS = ['recovered', 'retried', 'degraded', 'compensated', 'needs attention', 'violated'] as const;

export type End = (typeof ENDS)[number];

export type Job = Listed | { readonly seed: number; readonly wantsTimeline?: boolean };

export interface Listed {
  readonly faults: readonly string[];
  readonly wantsTimeline?: boolean;
}

export interface PlayedJob {
  readonly end: End;
  readonly phase: Phase;
  /** What the run's record says that it failed by. */
  readonly error?: string;
  readonly violations: readonly Violation[];
  /** Further places, and the states of the run there. */
  readonly points: readonly Point[];
  /** What fired; of a seed that breaks a promise, as few as it takes. */
  readonly fired: readonly string[];
  /** Virtual milliseconds from start to end. */
  readonly ms: number;
  readonly requests: number;
  readonly transitions: number;
  readonly covered: readonly string[];
  readonly timeline?: readonly string[];
}

/** From a point on, as a scenario went that was played before. */
export interface Onward {
  readonly phase: Phase;
  readonly end: End;
  readonly ms: number;
  readonly requests: number;
  readonly transitions: number;
}

export type KnownEnds = ReadonlyMap<string, Onward>;

/** What a good scenario tells of its points. */
export function onwardFrom(played: PlayedJob): readonly (readonly [string, Onward])[] {
  if (played.violations.length > 0) return [];
  const { phase, end } = played;
  return played.points.map(({ name, sofar }) => [
    name,
    {
      phase,
      end,
      ms: played.ms - sofar.ms,
      requests: played.requests - sofar.requests,
      transitions: played.transitions - sofar.transitions,
    },
  ]);
}

/** Something that plays scenarios: here, or on several threads. Answers in the order of the jobs. */
export type Player = (jobs: readonly Job[], known?: KnownEnds) => Promise<readonly PlayedJob[]>;

export interface Playing {
  readonly subject: Subject;
  readonly coverage: Coverage;
}

/**
 * In their order. Jobs one behind another that differ in their last fault only go on from one recording; that changes
 * nothing but the time that it takes. A job whose timeline is wanted is played from its start.
 */
export async function playJobs(
  { subject, coverage }: Playing,
  jobs: readonly Job[],
  known?: KnownEnds,
): Promise<readonly PlayedJob[]> {
  const played: PlayedJob[] = [];
  const preludes = new Preludes(subject, jobs);
  for (const job of jobs) {
    const one =
      'seed' in job
        ? playDrawn({ subject, coverage }, job)
        : playListed({ subject, coverage }, job, { known, prelude: await preludes.of(job) });
    played.push(await one);
  }
  return played;
}

export async function playJob(playing: Playing, job: Job): Promise<PlayedJob> {
  const [played] = await playJobs(playing, [job]);
  assert(played, 'what is played once is answered once');
  return played;
}

interface Given {
  readonly known: KnownEnds | undefined;
  readonly prelude: SharedPrelude | undefined;
}

async function playListed({ subject, coverage }: Playing, job: Listed, { known, prelude }: Given): Promise<PlayedJob> {
  const whole = job.wantsTimeline === true ? undefined : known;
  const chosen = { ...(whole && { known: whole }), ...(prelude && { prelude }) };
  const { evidence, violations, points, joined, sofar } = await play(subject, job.faults, chosen);
  const onward = joined === undefined ? undefined : whole?.get(joined);
  const result = await resultOf({ evidence, violations }, job, { subject, coverage });
  const played = { ...result, ...sofar, points };
  if (!onward || violations.length > 0) return played;
  const { phase, ms, requests, transitions } = onward;
  const end = worse(onward.end, result.end === 'retried' ? 'retried' : 'recovered');
  return {
    ...played,
    phase,
    end,
    ms: sofar.ms + ms,
    requests: sofar.requests + requests,
    transitions: sofar.transitions + transitions,
  };
}

function worse(one: End, other: End): End {
  return ENDS.indexOf(one) > ENDS.indexOf(other) ? one : other;
}

async function playDrawn(playing: Playing, job: Extract<Job, { seed: number }>): Promise<PlayedJob> {
  const { subject } = playing;
  const first = await playSeed(subject, job.seed);
  const again = (without: ReadonlySet<string>): ReturnType<typeof playSeed> => playSeed(subject, job.seed, without);
  const played = first.violations.length === 0 ? first : await smaller(first, again);
  const { record, sent, now, histories } = played.evidence;
  const ms = Math.round((record.header.endedAt ?? now) - record.header.startedAt);
  const sofar = { ms, requests: sent.length, transitions: transitionsOf(histories) };
  return { ...(await resultOf(played, job, playing)), ...sofar, points: [] };
}

type Result = Pick<PlayedJob, 'end' | 'phase' | 'error' | 'violations' | 'fired' | 'covered' | 'timeline'>;

async function resultOf(
  { evidence, violations }: Played,
  { wantsTimeline = false }: Job,
  { subject, coverage }: Playing,
): Promise<Result> {
  const { header } = evidence.record;
  return {
    end: endOf(evidence, violations),
    phase: header.phase,
    ...(header.error && { error: header.error.error }),
    violations,
    fired: evidence.fired.map(({ place }) => place),
    covered: coverage.of(evidence.histories),
    ...(wantsTimeline && { timeline: await timelineOf(evidence, secretsOf(subject)) }),
  };
}

function endOf({ record, sent, histories }: Evidence, violations: readonly Violation[]): End {
  if (violations.length > 0) return 'violated';
  const { phase, degraded } = record.header;
  if (phase === 'needs-attention') return 'needs attention';
  if (phase === 'compensated' || phase === 'failed') return 'compensated';
  if (degraded) return 'degraded';
  return isAnyTwice(sent) || [...histories.values()].some(hasRetried) ? 'retried' : 'recovered';
}

/** Of a list each item has a request of its own: what has the same key, or without one the same body, is a repetition. */
function isAnyTwice(sent: Evidence['sent']): boolean {
  const operations = new Set(sent.map(({ operation }) => operation));
  if (operations.size === sent.length) return false;
  return new Set(sent.map(sameRequest)).size < sent.length;
}

function sameRequest({ operation, request: { url, headers, body } }: Evidence['sent'][number]): string {
  const key = headers.find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1];
  const said = key ?? (body === undefined ? '' : decoder.decode(body));
  return `${operation} ${url} ${said}`;
}

const decoder = new TextDecoder();

function hasRetried(events: readonly { readonly type: string }[]): boolean {
  return events.some(({ type }) => type === 'TaskFailed' || type === 'TaskTimedOut');
}

/** What the machines' bill counts. */
function transitionsOf(histories: Evidence['histories']): number {
  return [...histories.values()].reduce((all, events) => all + transitionsIn(events), 0);
}
