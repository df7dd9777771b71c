/** What the design does about a failure, by what a step declares; and what may run side by side. */
import { describe, expect, it } from 'vitest';
import { type RunEnd, scenariosOf } from '../../../lib/analyze/scenarios.ts';
import { timingOf } from '../../../lib/analyze/timing.ts';
import type { Json } from '../../../lib/model/json.ts';
import type { PlanStep } from '../../../lib/model/plan.ts';
import { callOf, criteriaOf, operationOf, planOf, probeOf, stepOf, undoOf } from '../../support/plan-fixture.ts';

const NO_RETRY = { attempts: 1, intervalMs: 0, backoff: 1, capMs: 0, jitter: 'none' } as const;

type Changed = Partial<Omit<PlanStep, 'outputs'>>;

/** `first` is undone by a call; `second` is what the case says. */
function endsOf(second: Changed, first: Changed = { undo: undoOf('first') }): Map<string, RunEnd[]> {
  const plan = planWith(second, first);
  return new Map(
    scenariosOf(plan)
      .filter(({ step }) => step === 'second')
      .map(({ outcome, ends }) => [outcome, [...ends].sort()]),
  );
}

function planWith(second: Changed, first: Changed) {
  return planOf({
    steps: [
      stepOf({ path: 'first', retry: NO_RETRY, ...first }),
      stepOf({ path: 'second', retry: NO_RETRY, ...second }),
    ],
    calls: ['first', 'second'].map((path) => callOf({ path: `${path}#undo`, effect: 'idempotent' })),
    rest: {
      flow: [
        { kind: 'step', step: 'first' },
        { kind: 'step', step: 'second' },
      ],
      edges: [{ from: 'first', to: 'second', why: 'sequence' }],
    },
  });
}

describe('a failure', () => {
  it('of an effect that can be undone and probed never needs an operator', () => {
    const ends = endsOf({ undo: undoOf('second', { whenInDoubt: 'probe' }), probe: probeOf('second') });
    expect([...ends.values()].flat()).not.toContain('needs-attention');
    expect(ends.get('refused')).toEqual(['compensated']);
    expect(ends.get('in-doubt')).toEqual(['compensated', 'succeeded']);
  });

  it('in doubt without a probe needs an operator', () => {
    const ends = endsOf({ undo: undoOf('second') });
    expect(ends.get('in-doubt')).toEqual(['needs-attention']);
    expect(ends.get('unwanted')).toEqual(['compensated']);
  });

  it('in doubt is undone where the author says that this is harmless', () => {
    expect(endsOf({ undo: undoOf('second', { whenInDoubt: 'undo' }) }).get('in-doubt')).toEqual(['compensated']);
  });

  it('after an effect that nothing undoes needs an operator, whatever failed', () => {
    const ends = endsOf({ effect: 'safe' }, {});
    expect(ends.get('refused')).toEqual(['needs-attention']);
    expect(ends.get('throttled')).toEqual(['needs-attention']);
  });

  it('of the first step leaves nothing', () => {
    const ends = scenariosOf(planWith({}, { undo: undoOf('first') })).find(
      ({ step, outcome }) => step === 'first' && outcome === 'refused',
    );
    expect(ends?.ends).toEqual(['failed']);
  });

  it('is repeated only where that is worth it and safe', () => {
    const retry = { ...NO_RETRY, attempts: 4 };
    const attempts = (step: Changed): Map<string, number> =>
      new Map(
        scenariosOf(planWith({ retry, ...step }, {}))
          .filter((one) => one.step === 'second')
          .map((one) => [one.outcome, one.attempts]),
      );
    expect(Object.fromEntries(attempts({ effect: 'unsafe' }))).toMatchObject({
      refused: 1,
      throttled: 4,
      'in-doubt': 1,
    });
    expect(Object.fromEntries(attempts({ effect: 'safe' }))).toMatchObject({
      refused: 1,
      'not-sent': 4,
      'in-doubt': 4,
    });
  });

  it('is answered by a fallback only where nothing may stand', () => {
    const fallback = { kind: 'outputs', outputs: {}, criteria: [] } as const;
    const ends = endsOf({ fallback, undo: undoOf('second') });
    expect(ends.get('refused')).toEqual(['degraded']);
    expect(ends.get('unwanted')).toEqual(['compensated']);
  });

  it('is left by an action only where nothing may stand', () => {
    const onFailure = [
      {
        name: 'again',
        type: 'retry',
        criteria: criteriaOf('$statusCode == 503'),
        closes: [],
        label: 'retry second#again',
        retry: { afterMs: 1_000, limit: 3, again: 'second' },
      },
    ] as const;
    const designs = new Map(
      scenariosOf(planWith({ onFailure, undo: undoOf('second') }, { undo: undoOf('first') })).flatMap((one) =>
        one.step === 'second' ? [[one.outcome, one.design.join('; ')] as const] : [],
      ),
    );
    expect(designs.get('refused')).toContain('up to 3 times after 1 s');
    expect(designs.get('in-doubt')).toContain('its actions are not taken');
  });

  it('of a run that holds leaves everything to an operator', () => {
    const plan = { ...planWith({ effect: 'safe' }, { undo: undoOf('first') }), onFailure: 'hold' } as const;
    const refused = scenariosOf(plan).find(({ step, outcome }) => step === 'second' && outcome === 'refused');
    expect(refused).toMatchObject({ ends: ['needs-attention'], open: ['first'], undone: [] });
  });
});

describe('steps side by side', () => {
  const safe = (path: string, reads: readonly string[] = []): PlanStep => stepOf({ path, effect: 'safe', reads });
  const flow = (...paths: readonly string[]) => paths.map((step) => ({ kind: 'step', step }) as const);

  it('are suggested where nothing that they read orders them', () => {
    const steps = [safe('a'), safe('b'), safe('c', ['a', 'b'])];
    const { suggestion, expectedMs } = timingOf(planOf({ steps, rest: { flow: flow('a', 'b', 'c') } }), 100);
    expect(expectedMs).toBe(300);
    expect(suggestion).toMatchObject({ groups: [['a', 'b']], expectedMs: 200, transitions: 1 });
  });

  it('are not suggested where each reads the one before', () => {
    const steps = [safe('a'), safe('b', ['a']), safe('c', ['b'])];
    expect(timingOf(planOf({ steps, rest: { flow: flow('a', 'b', 'c') } }), 100).suggestion).toBeUndefined();
  });

  it('never bring forward an effect that nobody takes back', () => {
    const steps = [safe('a'), stepOf({ path: 'mail', undo: { kind: 'none', reason: 'It is read.' } })];
    expect(timingOf(planOf({ steps, rest: { flow: flow('a', 'mail') } }), 100).suggestion).toBeUndefined();
  });

  it('are not suggested where a step may lead elsewhere', () => {
    const steps = [{ ...safe('a'), exits: ['next', 'end'] }, safe('b')];
    expect(timingOf(planOf({ steps, rest: { flow: flow('a', 'b') } }), 100).suggestion).toBeUndefined();
  });
});

describe('an answer that the criteria do not want', () => {
  const schema = (required: readonly string[]): Json => ({
    type: 'object',
    required,
    properties: { id: {}, state: {} },
  });
  const ends = (required: readonly string[] | undefined, ...criteria: readonly string[]): readonly RunEnd[] => {
    const content = required === undefined ? [] : [{ contentType: 'application/json', schema: schema(required) }];
    const plan = planOf({
      steps: [
        stepOf({
          path: 'pay',
          outputs: { id: '$response.body#/id' },
          criteria: criteriaOf(...criteria),
          undo: undoOf('pay'),
        }),
      ],
      calls: [
        callOf({
          path: 'pay#undo',
          effect: 'idempotent',
          parameters: [{ in: 'path', name: 'id', value: { kind: 'expression', text: '$steps.pay.outputs.id' } }],
        }),
      ],
      operations: [operationOf('pay', { responses: [{ status: '201', content }] })],
    });
    return scenariosOf(plan).find(({ outcome }) => outcome === 'unwanted')?.ends ?? [];
  };

  it('needs an operator where its undo reads what only a criterion vouches for', () => {
    expect(ends([], '$response.body#/id != null')).toEqual(['compensated', 'needs-attention']);
    expect(ends(undefined, '$response.body#/id != null')).toEqual(['compensated', 'needs-attention']);
  });

  it('is undone where the document promises it, or nothing is known', () => {
    expect(ends(['id'], '$response.body#/id != null')).toEqual(['compensated']);
    expect(ends(undefined, "$response.body#/state == 'paid'")).toEqual(['compensated']);
  });
});
