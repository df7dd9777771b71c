/**
 * The names under which handlers emit metrics and under which dashboards and alarms look for them: one list for both sides,
 * so that an alarm cannot watch a metric that nobody emits. Nothing here knows Powertools or the CDK.
 */
import type { Outcome } from './outcome.ts';
import type { RunStatus } from './run.ts';

export const NAMESPACE = 'Interlock';

export type Dimension = 'integration' | 'workflow' | 'system';

/**
 * A metric is emitted under each of these sets whose dimensions are all known where it is measured. CloudWatch keeps every
 * set as a metric of its own and adds nothing up, so an alarm on the whole integration needs the first.
 */
export const DIMENSION_SETS: readonly (readonly Dimension[])[] = [
  ['integration'],
  ['integration', 'workflow'],
  ['integration', 'system'],
];

/** Counts, but for the two that end in `Ms`. */
export const METRICS = {
  /** Requests of steps, probes and undos, repeats included. */
  attempts: 'Attempts',
  /** Of one attempt. */
  latency: 'LatencyMs',
  /** Attempts after the first of a visit. */
  retries: 'Retries',
  /** Requests that were not sent because the system's breaker is open. */
  breakerOpen: 'BreakerOpen',
  /** Undos that came to an end, whichever. */
  compensations: 'Compensations',
  /** Step visits that ended in doubt. */
  inDoubt: 'InDoubt',
  cacheHits: 'CacheHits',
  /** Answers past their time, used because the system failed. */
  cacheStandIns: 'CacheStandIns',
  /** From a run's start to its end. */
  runTime: 'RunMs',
  /** Runs that failed and turned round, whatever they came to. */
  runsFenced: 'RunsFenced',
  /** Runs that the sweeper found past the time at which somebody should have moved them. */
  runsStuck: 'RunsStuck',
  /** Messages that were kept for somebody to come, and nobody came. */
  messagesUntaken: 'MessagesUntaken',
  /** Invocations that ended in a failure of our own or of the world around us: not in what a system answered. */
  handlerErrors: 'HandlerErrors',
  /** By the last look at its health: 1, or 0 where it is well. */
  systemUnwell: 'SystemUnwell',
} as const;

/** Attempts by what became of them. */
export const OUTCOME_METRICS: { readonly [O in Outcome]: `Outcomes${string}` } = {
  applied: 'OutcomesApplied',
  unwanted: 'OutcomesUnwanted',
  refused: 'OutcomesRefused',
  throttled: 'OutcomesThrottled',
  'not-sent': 'OutcomesNotSent',
  'in-doubt': 'OutcomesInDoubt',
};

type RunEnd = Extract<RunStatus, 'succeeded' | 'compensated' | 'failed' | 'needs-attention'>;

/** Runs by how they ended. */
export const RUN_END_METRICS: { readonly [S in RunEnd]: `Runs${string}` } = {
  succeeded: 'RunsSucceeded',
  compensated: 'RunsCompensated',
  failed: 'RunsFailed',
  'needs-attention': 'RunsNeedingAttention',
};

/** What each of them counts or measures, for people. */
export const METRIC_WORDS: { readonly [K in keyof typeof METRICS]: string } = {
  attempts: 'requests of steps, probes and undos, repeats included',
  latency: 'how long one request takes',
  retries: 'requests after the first of a visit',
  breakerOpen: "requests that were held back, because the system's breaker is open",
  compensations: 'undos that came to an end, whichever',
  inDoubt: 'visits of steps that ended in doubt',
  cacheHits: 'answers that were used again',
  cacheStandIns: 'answers past their time, used because the system failed',
  runTime: "from a run's start to its end",
  runsFenced: 'runs that failed and turned round, whatever they came to',
  runsStuck: 'runs past the time at which somebody should have moved them',
  messagesUntaken: 'messages that were kept for a run that never came',
  handlerErrors: 'functions that failed by themselves, not by what a system answered',
  systemUnwell: 'by the last look at its health: 1, or 0 where it is well',
};
