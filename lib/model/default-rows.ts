/** The table of defaults as `interlock check --defaults` prints it, in the words of the keys that override them. */
import { DEFAULTS } from './defaults.ts';
import { durationText } from './duration.ts';

export interface DefaultRow {
  /** The x-interlock key to write for something else; `-` where there is none. */
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
}

export function defaultRows(): readonly DefaultRow[] {
  const { retry, undo, deadlineMs, contract } = DEFAULTS;
  return [
    row('timeouts', durationText(DEFAULTS.attemptTimeoutMs), 'One attempt of a step'),
    row('retry.attempts', String(retry.attempts), 'Attempts of what is safe to repeat, the first included'),
    row('retry.interval', durationText(retry.intervalMs), 'The wait before the first repetition'),
    row('retry.backoff', String(retry.backoff), 'How the wait grows from one repetition to the next'),
    row('retry.cap', durationText(retry.capMs), 'The longest wait'),
    row('retry.jitter', retry.jitter, 'Each wait is drawn between zero and its length'),
    row('compensate.retry.attempts', String(undo.attempts), 'Attempts of an undo'),
    row('compensate.retry.cap', durationText(undo.capMs), 'The longest wait between attempts of an undo'),
    row('compensate.retry.budget', durationText(undo.budgetMs), 'After that an undo is left to an operator'),
    row('grace', 'one attempt', "How long after an attempt's deadline its effect may still land"),
    row('deadline', durationText(deadlineMs.standard), 'A run, in mode standard'),
    row('deadline', durationText(deadlineMs.express), 'A run, in mode express'),
    row('onFailure', DEFAULTS.onFailure, 'What a failed run does with the effects that stand'),
    row('idempotency.retention', durationText(DEFAULTS.idempotencyRetentionMs), 'How long a system remembers a key'),
    row('contract.requests', contract.requests, 'What a request that breaks its schema leads to'),
    row('contract.responses', contract.responses, 'What a response that breaks its schema leads to'),
    row('breaker, rateLimit, concurrency, cache', 'off', 'Protection of a system, and caching'),
    row('-', `${DEFAULTS.stepBudget} steps`, 'Step visits of one run, goto loops included'),
    row('-', sizeText(DEFAULTS.blobThresholdBytes), 'A larger value travels by reference'),
    row('-', sizeText(DEFAULTS.responseLimitBytes), 'A larger response is refused'),
  ];
}

function row(key: string, value: string, meaning: string): DefaultRow {
  return { key, value, meaning };
}

function sizeText(bytes: number): string {
  const mebibytes = bytes / 1_048_576;
  return mebibytes >= 1 ? `${mebibytes} MiB` : `${bytes / 1_024} KiB`;
}
