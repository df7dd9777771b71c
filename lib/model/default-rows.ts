/** The table of defaults as `interlock check --defaults` prints it, in the words of the keys that override them. */
import { DEFAULTS } from './defaults.ts';
import { durationText } from './duration.ts';

export interface DefaultRow {
  /** The x-interlock key to write for something else; `-` where there is none. */
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
  /** Only beside this value of another key. */
  readonly beside?: { readonly key: string; readonly value: string };
}

export function defaultRows(): readonly DefaultRow[] {
  const { retry, undo, breaker, deadlineMs, contract } = DEFAULTS;
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
    row('compensate.whenInDoubt', 'probe or ask', 'probe where the step has a probe, else an operator decides'),
    row('grace', 'one attempt', "How long after an attempt's deadline its effect may still land"),
    row('deadline', durationText(deadlineMs.standard), 'A run, in mode standard'),
    {
      ...row(
        'deadline',
        durationText(deadlineMs.express),
        'The same, in mode express; less where a step may take long',
      ),
      beside: { key: 'mode', value: 'express' },
    },
    row('onFailure', DEFAULTS.onFailure, 'What a failed run does with the effects that stand'),
    row('idempotency.retention', durationText(DEFAULTS.idempotencyRetentionMs), 'How long a system remembers a key'),
    row('contract.requests', contract.requests, 'What a request that breaks its schema leads to'),
    row('contract.responses', contract.responses, 'What a response that breaks its schema leads to'),
    row('breaker, rateLimit, concurrency', 'off', 'Protection of a system'),
    row('cache', 'off', 'Caching of what is only read'),
    row(
      'breaker.failureRate',
      String(breaker.failureRate),
      'Where a breaker is declared: the share of failed calls that opens it',
    ),
    row('breaker.window', durationText(breaker.windowMs), 'How far back calls count'),
    row('breaker.minimumCalls', String(breaker.minimumCalls), 'With fewer calls in the window it stays closed'),
    row('breaker.openFor', durationText(breaker.openForMs), 'How long it stays open before trial calls'),
    row('breaker.trialCalls', String(breaker.trialCalls), 'How many of them decide whether it closes'),
    row('health.every', durationText(DEFAULTS.health.everyMs), 'How often a system is asked whether it is well'),
    row('health.timeout', durationText(DEFAULTS.health.timeoutMs), 'How long its answer may take'),
    row('health.unhealthyAfter', '1', 'Bad answers in a row that make it unwell'),
    row('health.healthyAfter', '1', 'Good ones that make it well'),
    row('slo.window', durationText(DEFAULTS.slo.windowMs), 'Where a promise is declared: over how long it is measured'),
    row('lock.lease', durationText(DEFAULTS.lockLeaseMs), 'When a run that waits for a lock looks at its owner'),
    row('lock.wait', 'the deadline', 'How long a run waits for a lock'),
    row('fallback', 'none', "What takes a failed step's place"),
    row('onChange', DEFAULTS.onChange, 'What a corrected retry does with an effect that was made from other data'),
    row('forEach.concurrency', String(DEFAULTS.forEach.concurrency), 'Items of a list under way at once'),
    row('forEach.tolerate', '0', 'How many items may fail'),
    row('poll.every', durationText(DEFAULTS.poll.everyMs), 'The wait before a question'),
    row('poll.backoff', String(DEFAULTS.poll.backoff), 'How the wait grows from one question to the next'),
    row('poll.cap', durationText(DEFAULTS.poll.capMs), 'The longest wait, where it grows'),
    row('poll.deadline', 'the deadline', 'How long a step asks whether what it began is done'),
    row('poll.heartbeat', 'off', 'How long it asks while the answers stay the same'),
    row('-', durationText(DEFAULTS.messages.keptMs), 'How long a message is kept that no run waits for yet'),
    row('-', `${DEFAULTS.messages.early} messages`, 'Kept so for one correlation id of a channel'),
    row('-', `${DEFAULTS.forEach.items} items`, 'Of one list'),
    row('-', `${DEFAULTS.forEach.over} items`, `A longer list is done in batches of ${DEFAULTS.forEach.batch}`),
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
