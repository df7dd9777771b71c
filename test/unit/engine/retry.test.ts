/** Which retrier takes a failure, and how long it waits. */
import { describe, expect, test } from 'vitest';
import { RandomSource } from '../../../lib/engine/random-source.ts';
import { decideRetry, delaySeconds, matches } from '../../../lib/engine/retry.ts';
import { errorOutput, heartbeatMissed, timedOut } from '../../../lib/engine/state-failure.ts';
import type { Retrier } from '../../../lib/model/asl.ts';

const random = (): RandomSource => new RandomSource(1);

describe('ErrorEquals', () => {
  test.each<[readonly string[], object, boolean]>([
    [['A'], { error: 'A' }, true],
    [['A'], { error: 'B' }, false],
    [['B', 'A'], { error: 'A' }, true],
    [['States.ALL'], { error: 'A' }, true],
    [['States.ALL'], {}, true],
    [['States.ALL'], { error: 'States.Timeout' }, true],
    [['States.ALL'], { error: 'States.QueryEvaluationError' }, true],
    [['States.ALL'], { error: 'States.Runtime' }, false],
    [['States.Runtime'], { error: 'States.Runtime' }, true],
    [['States.TaskFailed'], { error: 'A' }, true],
    [['States.TaskFailed'], timedOut, false],
    [['States.TaskFailed'], heartbeatMissed, false],
    [['States.Timeout'], timedOut, true],
    [['States.HeartbeatTimeout'], timedOut, false],
    [['States.HeartbeatTimeout'], heartbeatMissed, true],
    [['States.Timeout'], heartbeatMissed, true],
  ])('%j takes %j: %s', (errorEquals, failure, taken) => {
    expect(matches(errorEquals, failure)).toBe(taken);
  });
});

describe('the delay', () => {
  test('doubles from one second by default', () => {
    expect([0, 1, 2, 3, 4].map((made) => delaySeconds({ ErrorEquals: ['A'] }, made, random))).toEqual([1, 2, 4, 8, 16]);
  });

  test('is capped by MaxDelaySeconds', () => {
    const retrier: Retrier = { ErrorEquals: ['A'], IntervalSeconds: 5, BackoffRate: 1.5, MaxDelaySeconds: 10 };
    expect([0, 1, 2, 3].map((made) => delaySeconds(retrier, made, random))).toEqual([5, 7.5, 10, 10]);
  });

  test('is drawn between nothing and the capped delay with full jitter', () => {
    const retrier: Retrier = { ErrorEquals: ['A'], IntervalSeconds: 100, MaxDelaySeconds: 10, JitterStrategy: 'FULL' };
    const source = new RandomSource(3);
    const delays = Array.from({ length: 200 }, () => delaySeconds(retrier, 4, () => source));
    expect(Math.max(...delays)).toBeLessThan(10);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(new Set(delays).size).toBe(200);
  });
});

describe('the decision', () => {
  const retriers: readonly Retrier[] = [
    { ErrorEquals: ['A'], MaxAttempts: 2 },
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 7 },
  ];

  test('the first matching retrier counts for itself', () => {
    expect(decideRetry(retriers, { error: 'B' }, [1, 0], random)).toEqual({ delayMs: 7000, retries: [1, 1] });
  });

  test('a retrier that is used up is not replaced by a later one', () => {
    expect(decideRetry(retriers, { error: 'A' }, [2, 0], random)).toBeNull();
  });

  test('three attempts by default, none with MaxAttempts 0', () => {
    expect(decideRetry(retriers, { error: 'B' }, [0, 2], random)).not.toBeNull();
    expect(decideRetry(retriers, { error: 'B' }, [0, 3], random)).toBeNull();
    expect(decideRetry([{ ErrorEquals: ['A'], MaxAttempts: 0 }], { error: 'A' }, undefined, random)).toBeNull();
  });

  test('what is fatal is not retried', () => {
    expect(decideRetry(retriers, { error: 'B', fatal: 'execution' }, undefined, random)).toBeNull();
    expect(decideRetry(retriers, { error: 'B', fatal: 'state' }, undefined, random)).toBeNull();
  });
});

test('a timeout has an empty cause for its Catcher, a failure without a name nulls', () => {
  expect(errorOutput(timedOut)).toEqual({ Error: 'States.Timeout', Cause: '' });
  expect(errorOutput({})).toEqual({ Error: null, Cause: null });
  expect(errorOutput({ error: 'A', cause: 'b' })).toEqual({ Error: 'A', Cause: 'b' });
});
