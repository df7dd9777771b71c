/** How long states wait: that which undoes for whatever an entry of a wave may take, that of a step for all it may do. */
import { describe, expect, it } from 'vitest';
import type { MapState, TaskState } from '../../../lib/model/asl.ts';
import type { Plan } from '../../../lib/model/plan.ts';
import { machineFromPlan } from '../../../lib/emit/machine-from-plan.ts';
import { settlementStates } from '../../../lib/emit/settlement.ts';
import { listPlan } from '../../support/list-fixture.ts';
import { callOf, planOf, stepOf, undoOf } from '../../support/plan-fixture.ts';

function undoSeconds(plan: Plan): TaskState['TimeoutSeconds'] {
  const wave = settlementStates(plan)['Undo wave'] as MapState;
  return (wave.ItemProcessor.States['Undo'] as TaskState).TimeoutSeconds;
}

describe('the state that undoes', () => {
  it('waits for the lease of the longest call, and a little longer', () => {
    const plan = planOf({
      steps: [stepOf({ path: 'ship', undo: undoOf('ship') })],
      calls: [callOf({ path: 'ship#undo', leaseMs: 90_000 })],
    });
    expect(undoSeconds(plan)).toBe(95);
  });

  it('waits for the minute in which a bundle begins its calls, where the plan has a list', () => {
    expect(undoSeconds(listPlan())).toBe(125);
  });
});

describe('the state of a step', () => {
  const calls = [callOf({ path: 'ship#undo', leaseMs: 50_000 })];
  const seconds = (onChange: 'refuse' | 'redo'): unknown => {
    const steps = [stepOf({ path: 'ship', leaseMs: 40_000, undo: undoOf('ship'), onChange })];
    return (
      machineFromPlan({ ...planOf({ steps, calls }), flow: [{ kind: 'step', step: 'ship' }] }, 'a test').States[
        'ship'
      ] as TaskState
    ).TimeoutSeconds;
  };

  it('waits for its lease, and for what is undone before it where it may be done with other data', () => {
    expect([seconds('refuse'), seconds('redo')]).toEqual([45, 95]);
  });
});
