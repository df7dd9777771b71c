/**
 * When somebody is told, as one table: the alarms that lib/constructs puts up and the report explains. What each looks at is
 * said here in words and there as a metric; ids, thresholds and periods stand here alone. Nothing here knows CloudWatch.
 */
import type { Plan } from './plan.ts';
import { callPlaceholder } from './placeholders.ts';
import { type Promised, promiseWords } from './promises.ts';

/** What an alarm is about. */
export interface AlarmSubject {
  /** The integration's name. */
  readonly name: string;
  readonly workflow?: string;
  readonly system?: string;
  /** What the system depends on, however far. */
  readonly behind?: readonly string[];
}

export interface AlarmRow {
  /** There is one for each of these; for `receiving`, where the integration receives messages. */
  readonly of: 'integration' | 'receiving' | 'workflow' | 'system';
  readonly says: (subject: AlarmSubject) => string;
  /** What it looks at, in words. */
  readonly watches: string;
  readonly minutes: number;
  /** Rings above it. */
  readonly above: number;
  /** So many periods one after the other. */
  readonly periods: number;
  /** What to do when it rings. */
  readonly answer: string;
}

export function receives(plans: readonly Plan[]): boolean {
  return plans.some(({ steps }) => Object.values(steps).some(({ receive }) => receive !== undefined));
}

const DAY_SECONDS = 86_400;
const MINUTE_MS = 60_000;

/** Part of what the dead letters of a run tell; the queue is watched, since a handler that is dead emits no metric. */
export const LETTER_ALARM: AlarmRow = {
  of: 'integration',
  says: () => 'A run needs attention: its dead letter names what stands and what is in doubt.',
  watches: 'letters that wait in the queue',
  minutes: 1,
  above: 0,
  periods: 1,
  answer: '`interlock queue`, then the letter: it names what is left and what to run.',
};

function lookThere(behind: readonly string[]): string {
  return behind.length === 0 ? '' : ` It depends on ${behind.join(', ')}: look there first.`;
}

export type AlarmId =
  | 'NeedsAttention'
  | 'FailedRuns'
  | 'StuckRuns'
  | 'UntakenMessages'
  | 'Unrecorded'
  | 'OldDeadLetter'
  | 'Unwell'
  | 'BreakerOpen'
  | 'Throttled'
  | 'HandlerErrors';

export const ALARMS: { readonly [I in AlarmId]: AlarmRow } = {
  NeedsAttention: {
    of: 'integration',
    says: ({ name }) =>
      `A run of ${name} needs attention: an effect stands or is in doubt, and nobody but a person can settle it.`,
    watches: 'runs that ended so',
    minutes: 5,
    above: 0,
    periods: 1,
    answer: '`interlock runs --phase needs-attention`, then the runbook by the reason of the run.',
  },
  FailedRuns: {
    of: 'integration',
    says: ({ name }) => `Half of the runs of ${name} within a quarter of an hour did not succeed.`,
    watches: 'the share of runs that did not succeed, from five runs on',
    minutes: 15,
    above: 0.5,
    periods: 1,
    answer: 'See which step fails them, by the saved query "What failed, by step"; is its system well?',
  },
  StuckRuns: {
    of: 'integration',
    says: ({ name }) => `Runs of ${name} are past the time at which something should have moved them.`,
    watches: 'runs that the sweeper found so',
    minutes: 15,
    above: 0,
    periods: 1,
    answer: 'The sweeper moves them every five minutes; where it rings on, its own log says why it cannot.',
  },
  UntakenMessages: {
    of: 'receiving',
    says: ({ name }) => `Messages for ${name} were kept for a day, and no run came for them.`,
    watches: 'messages that were kept for a run that never came',
    minutes: 15,
    above: 0,
    periods: 1,
    answer:
      'The log names source, channel and digest ("nobody took it in time"): is their correlation id what runs wait for?',
  },
  Unrecorded: {
    of: 'workflow',
    says: ({ name, workflow }) =>
      `Executions of ${name} ${workflow} fail, and no handler has recorded how any run ended.`,
    watches: 'executions that failed or timed out, where no run has an end on record',
    minutes: 60,
    above: 0,
    periods: 1,
    answer: 'The handlers do not work at all: look at their logs, their rights and the last deployment.',
  },
  OldDeadLetter: {
    of: 'integration',
    says: ({ name }) => `A dead letter of ${name} has lain for a day. After two weeks it is gone.`,
    watches: 'the age of the oldest letter, in seconds',
    minutes: 5,
    above: DAY_SECONDS,
    periods: 1,
    answer: '`interlock queue`: settle the run, and redrive or discard its letter.',
  },
  Unwell: {
    of: 'system',
    says: ({ system, behind = [] }) =>
      `${system} says of itself that it is not well, or does not answer when it is asked.${lookThere(behind)}`,
    watches: 'what the last answers after its health came to',
    minutes: 5,
    above: 0,
    periods: 3,
    answer: 'Ask who runs the system. Runs wait, repeat or are undone meanwhile; nothing has to be stopped.',
  },
  BreakerOpen: {
    of: 'system',
    says: ({ name, system, behind = [] }) =>
      `Calls of ${name} to ${system} are held back: its breaker is open.${lookThere(behind)}`,
    watches: 'requests that were held back',
    minutes: 5,
    above: 0,
    periods: 1,
    answer: 'It closes by itself when a trial call succeeds. Runs that failed meanwhile are retried afterwards.',
  },
  Throttled: {
    of: 'integration',
    says: ({ name }) => `Functions or machines of ${name} are held back by a quota of the account.`,
    watches: 'functions and machines that were throttled',
    minutes: 5,
    above: 0,
    periods: 2,
    answer: 'Start fewer runs at once, or have the quota raised; what is throttled is repeated.',
  },
  HandlerErrors: {
    of: 'integration',
    says: ({ name }) =>
      `Functions of ${name} fail by themselves, not by what a system answered: a store, a credential, or a fault of Interlock.`,
    watches: 'invocations that ended in a failure of their own',
    minutes: 5,
    above: 0,
    periods: 2,
    answer: 'The saved query "What failed, by step" names the error; a credential that is missing is the usual one.',
  },
};

/** A promise that is used up too fast: a short window beside a long one, both above it. */
export interface BurnRow {
  readonly id: 'FastBurn' | 'SlowBurn';
  /** Of all that may fail over the promise's whole window, so much within the longer of these times. */
  readonly share: number;
  readonly shortMinutes: number;
  readonly longMinutes: number;
}

export const BURNS: readonly BurnRow[] = [
  { id: 'FastBurn', share: 0.02, shortMinutes: 5, longMinutes: 60 },
  { id: 'SlowBurn', share: 0.05, shortMinutes: 30, longMinutes: 360 },
];

/** How many times as fast as the promise allows it rings: 14.4 and 6 over thirty days. */
export function burnTimes({ share, longMinutes }: BurnRow, windowMs: number): number {
  return Number(((share * windowMs) / (longMinutes * MINUTE_MS)).toFixed(2));
}

/** A shorter window would have the slow alarm ring at what is allowed; a longer one is more than CloudWatch adds up well. */
export const SLO_WINDOWS: { readonly leastMs: number; readonly mostMs: number } = {
  leastMs: 7 * DAY_SECONDS * 1_000,
  mostMs: 90 * DAY_SECONDS * 1_000,
};

/** Of its runs, or its calls; the integration's own has no more than the row's id. */
export function burnIdOf({ id }: BurnRow, { of, name }: Pick<Promised, 'of' | 'name'>): string {
  return callPlaceholder(name).replace(/^Call/, `${of === 'workflow' ? 'Runs' : 'Calls'}${id}`);
}

export function burnSays(row: BurnRow, promised: Promised, integration: string): string {
  const { of, name, slo } = promised;
  const who = of === 'workflow' ? `Runs of ${integration} ${name}` : `Calls of ${integration} to ${name}`;
  const times = burnTimes(row, slo.windowMs);
  return `${who} break their promise (${promiseWords(promised).join(', ')}) ${times} times as fast as it allows.`;
}

/** What to do when one of them rings. */
export const BURN_ANSWERS: { readonly [O in Promised['of']]: string } = {
  workflow:
    'The dashboard shows which promise it is. Runs fail: the saved query "What failed, by step". Runs are slow: "Calls by system and step". Is a system unwell, or what it depends on?',
  system:
    'Ask who runs the system, and show them its dashboard. A breaker and a cache with `staleIfError` spare runs meanwhile.',
};

/** Of runs, where no workflow says otherwise. */
export const SUCCESS_OBJECTIVE = 0.99;
