import { describe, expect, it } from 'vitest';
import { typedPolicies } from '../../../lib/check/policy.ts';
import { checkPolicies } from '../../../lib/check/policy-check.ts';
import { DEFAULTS } from '../../../lib/model/defaults.ts';
import { renderDefaults } from '../../../lib/cli/render-defaults.ts';
import { defaultRows } from '../../../lib/model/default-rows.ts';
import { durationMs, durationText } from '../../../lib/model/duration.ts';
import { positionedFromText } from '../../../lib/read/positioned.ts';

function check(text: string): string[] {
  const { document } = positionedFromText('a.yaml', text);
  if (!document) throw new Error('The test’s document cannot be read');
  return checkPolicies(document).map(({ code, headline, fix }) => `${code} ${headline}. ${fix}`);
}

const ofSource = (policy: string): string => `sourceDescriptions: [{ name: shop, x-interlock: ${policy} }]`;
const ofWorkflow = (policy: string): string => `workflows: [{ workflowId: order, x-interlock: ${policy} }]`;
const ofStep = (policy: string): string =>
  `workflows: [{ workflowId: order, steps: [{ stepId: pay, x-interlock: ${policy} }] }]`;

describe('the policies of a document', () => {
  it('are sound where every key works', () => {
    expect(check(ofSource('{ system: payments, version: ^2, retry: { attempts: 3 }, timeouts: 2s }'))).toEqual([]);
    expect(check(ofSource('{ grace: 1m, breaker: {}, rateLimit: { requests: 5, per: 1s }, concurrency: 4 }'))).toEqual(
      [],
    );
    expect(check(ofWorkflow('{ parallel: true, deadline: 1h, mode: standard, sensitive: [card] }'))).toEqual([]);
    expect(check(ofWorkflow("{ onFailure: hold, lock: { key: 'a-{$inputs.id}', lease: 1m, wait: 0s } }"))).toEqual([]);
    expect(
      check(
        ofStep(`{ onChange: redo, concurrency: 2, fallback: { outputs: { price: 0 } },
          probe: { operationId: find, applied: [{ condition: $statusCode == 200 }] },
          compensate: { operationId: undo, whenInDoubt: probe, independent: true, idempotency: { field: /id },
                        retry: { attempts: 50, budget: 2d }, timeouts: [1s, 5s] } }`),
      ),
    ).toEqual([]);
    expect(check(ofStep('{ compensate: { none: It cannot be taken back. } }'))).toEqual([]);
    expect(
      check(ofStep('{ retry: { cap: 5s }, timeouts: [1s, 2s], idempotency: { field: /id }, sensitive: [a] }')),
    ).toEqual([]);
  });

  it('name an unknown key, and the one that was probably meant', () => {
    expect(check(ofWorkflow('{ paralel: true }'))).toEqual([
      'XIL001 `x-interlock` of workflow "order" has an unknown key "paralel". Write `parallel`, or remove it.',
    ]);
    expect(check(ofStep('{ parallel: true }'))).toEqual([
      'XIL001 `x-interlock` of step "pay" has an unknown key "parallel". Move it to `x-interlock` of a workflow.',
    ]);
  });

  it('refuse a number where a duration belongs, and say why', () => {
    expect(check(ofWorkflow('{ deadline: 5 }'))).toEqual([
      'XIL004 `x-interlock.deadline` of workflow "order" is 5, which is no duration. Write `5s` or `5ms`.',
    ]);
    expect(check(ofStep('{ timeouts: [2s, 1.5s, 0s] }'))).toEqual([
      'XIL004 `x-interlock.timeouts[1]` of step "pay" is "1.5s", which is no duration. Write it like `2s`.',
      'XIL004 `x-interlock.timeouts[2]` of step "pay" is "0s", which is no duration. Write it like `2s`.',
    ]);
  });

  it.each([
    ['10 minutes', '10m'],
    ['2w', '14d'],
    ['3 Hours', '3h'],
    ['250 milliseconds', '250ms'],
    ['1 fortnight', '2s'],
    ['0 minutes', '2s'],
    ['-5m', '2s'],
  ])('say how a duration is written that can be understood: %s', (written, better) => {
    expect(check(ofWorkflow(`{ deadline: '${written}' }`))).toEqual([
      expect.stringMatching(new RegExp(`which is no duration\\. Write (it like )?\`${better}\`\\.$`)),
    ]);
  });

  it('name wrong values and missing keys', () => {
    expect(check(ofStep('{ retry: { attempts: 0, jitter: ful }, idempotency: { retention: 1h } }'))).toEqual([
      'XIL003 `x-interlock.retry.attempts` of step "pay" is 0. Write a number that is 1 or more.',
      'XIL003 `x-interlock.retry.jitter` of step "pay" is "ful". Write `full`.',
      'XIL002 `x-interlock.idempotency` of step "pay" has none of `header` and `field`. Add `header` or `field`.',
    ]);
    expect(check(ofWorkflow('{ mode: fast }'))).toEqual([
      'XIL003 `x-interlock.mode` of workflow "order" is "fast". Write `standard` or `express`.',
    ]);
    expect(check(ofWorkflow('true'))).toEqual([
      'XIL003 `x-interlock` of workflow "order" is a truth value, true, where an object is expected. Write an object.',
    ]);
  });

  it('are found where nobody would read them, and not in data of the user', () => {
    const text = `
info: { x-interlock: { parallel: true } }
workflows:
  - workflowId: order
    steps:
      - stepId: pay
        requestBody: { payload: { x-interlock: {} } }
        onFailure: [{ name: again, x-interlock: {} }]
`;
    expect(check(text)).toEqual([
      'XIL006 `info.x-interlock` is read by nobody. Move it to the source description, workflow or step that it is meant for.',
      'XIL006 `x-interlock` of failure action "again" is read by nobody. Move it to the source description, workflow or step that it is meant for.',
    ]);
  });
});

describe('typed policies', () => {
  it('have durations in milliseconds and leave out what is not there', () => {
    expect(
      typedPolicies.ofSystem({ system: 'pay', timeouts: '2s', grace: '1m', retry: { attempts: 5, cap: '1m' } }),
    ).toEqual({
      system: 'pay',
      timeouts: [2_000],
      grace: 60_000,
      retry: { attempts: 5, cap: 60_000 },
    });
    expect(typedPolicies.ofWorkflow({ parallel: false, deadline: '1d', mode: 'standard' })).toEqual({
      parallel: false,
      deadline: 86_400_000,
      mode: 'standard',
    });
    expect(
      typedPolicies.ofStep({ timeouts: ['1s', '500ms'], idempotency: { header: 'X-Key', retention: '1h' } }),
    ).toEqual({
      timeouts: [1_000, 500],
      idempotency: { header: 'X-Key', retention: 3_600_000 },
    });
    expect(typedPolicies.ofStep({})).toEqual({});
  });

  it('say how systems and runs are protected', () => {
    expect(
      typedPolicies.ofSystem({
        breaker: { failureRate: 0.2, slowRate: 0.9, slowAfter: '2s', window: '5m', minimumCalls: 5, openFor: '1m' },
        rateLimit: { requests: 10, per: '1s', burst: 20 },
        concurrency: 3,
      }),
    ).toEqual({
      breaker: {
        failureRate: 0.2,
        slowRate: 0.9,
        slowAfter: 2_000,
        window: 300_000,
        minimumCalls: 5,
        openFor: 60_000,
      },
      rateLimit: { requests: 10, per: 1_000, burst: 20 },
      concurrency: 3,
    });
    expect(typedPolicies.ofWorkflow({ lock: { key: 'k', lease: '30s', wait: '0s' } })).toEqual({
      lock: { key: 'k', lease: 30_000, wait: 0 },
    });
    expect(typedPolicies.ofSystem({ rateLimit: { requests: 10 } })).toEqual({});
    expect(typedPolicies.ofWorkflow({ lock: { lease: '1s' } })).toEqual({});
  });

  it('say what becomes of an effect', () => {
    expect(typedPolicies.ofStep({ compensate: { none: 'A letter.', whenInDoubt: 'undo' } })).toEqual({
      compensate: { none: 'A letter.' },
    });
    expect(
      typedPolicies.ofStep({
        compensate: {
          operationId: 'release',
          whenInDoubt: 'ask',
          independent: true,
          idempotency: { header: 'X-Key' },
          retry: { attempts: 9, cap: '1h', budget: '2d' },
          timeouts: '3s',
        },
        onChange: 'redo',
        concurrency: 2,
      }),
    ).toEqual({
      compensate: {
        whenInDoubt: 'ask',
        independent: true,
        idempotency: { header: 'X-Key' },
        retry: { attempts: 9, cap: 3_600_000, budget: 172_800_000 },
        timeouts: [3_000],
      },
      onChange: 'redo',
      concurrency: 2,
    });
  });

  it('leave out whatever has the wrong form: its diagnostic has been reported', () => {
    expect(typedPolicies.ofSystem({ system: 1, timeouts: [5], retry: 'often', grace: true })).toEqual({});
    expect(typedPolicies.ofWorkflow({ mode: 'fast', parallel: 'yes', sensitive: [1, 'a'] })).toEqual({
      sensitive: ['a'],
    });
  });
});

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
    if (ms > 0) expect(durationText(ms)).toBe(text);
  });

  it.each(['', '5', '1.5s', '-1s', '1 s', '01s', '1h30m', '1S', '1234567890s'])('%s is none', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });
});

it('the table of defaults says what the defaults are', () => {
  const rows = new Map(defaultRows().map(({ key, value }) => [key, value]));
  expect(rows.get('timeouts')).toBe(durationText(DEFAULTS.attemptTimeoutMs));
  expect(defaultRows().map(({ key, value }) => `${key} ${value}`)).toEqual([
    'timeouts 10s',
    'retry.attempts 3',
    'retry.interval 500ms',
    'retry.backoff 2',
    'retry.cap 20s',
    'retry.jitter full',
    'compensate.retry.attempts 8',
    'compensate.retry.cap 5m',
    'compensate.retry.budget 1d',
    'compensate.whenInDoubt probe or ask',
    'grace one attempt',
    'deadline 1h',
    'deadline 4m',
    'onFailure compensate',
    'idempotency.retention 1d',
    'contract.requests enforce',
    'contract.responses report',
    'breaker, rateLimit, concurrency off',
    'cache off',
    'breaker.failureRate 0.5',
    'breaker.window 1m',
    'breaker.minimumCalls 20',
    'breaker.openFor 30s',
    'breaker.trialCalls 3',
    'health.every 5m',
    'health.timeout 5s',
    'health.unhealthyAfter 1',
    'health.healthyAfter 1',
    'slo.window 30d',
    'lock.lease 1m',
    'lock.wait the deadline',
    'fallback none',
    'onChange refuse',
    'forEach.concurrency 10',
    'forEach.tolerate 0',
    'poll.every 5s',
    'poll.backoff 1',
    'poll.cap 1m',
    'poll.deadline the deadline',
    'poll.heartbeat off',
    '- 1d',
    '- 20 messages',
    '- 10000 items',
    '- 40 items',
    '- 500 steps',
    '- 8 KiB',
    '- 10 MiB',
  ]);
});

it('the table is shown, whole', () => {
  const shown = renderDefaults();
  for (const key of ['express', 'slo', 'timeouts', 'lock.wait', 'breaker, rateLimit, concurrency', 'deadline'])
    expect(shown).toContain(key);
});
